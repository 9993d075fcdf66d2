import { columnName, type ExportRequest } from '../contract.js';
import type { ColumnDefinition, ColumnRights, Disclosure } from './column-types.js';
import type { ComputedColumn } from './computed.js';
import { computedColumn, type Dataset, type DatasetRegistry } from './define-dataset.js';
import { parseSort } from './sort.js';

/**
 * What a caller may have from a dataset. `restrictDataset` leaves out the rest, so whatever is made from its result –
 * default columns, queries, files – can't show it.
 */

/** `none`: at most its name and a reason. */
type ColumnAccess = 'full' | 'masked' | 'none';

/** The SQL conditions that are true for a caller. */
type Granted = ReadonlySet<string>;

/** Undefined for a name that the dataset doesn't have. */
const columnOf = (dataset: Dataset, name: string): ColumnDefinition | ComputedColumn | undefined =>
  computedColumn(dataset, name) ?? (Object.hasOwn(dataset.columns, name) ? dataset.columns[name] : undefined);

const allColumns = ({ columns, computed = {} }: Dataset): (ColumnDefinition | ComputedColumn)[] => [
  ...Object.values(columns),
  ...Object.values(computed),
];

/**
 * Whether a caller may have a column, in full or masked. A computed column needs the full values of the columns that it
 * is made from: from masked ones it would be wrong, or would show what the masks hide.
 */
function columnAccess(dataset: Dataset, name: string, granted: Granted): ColumnAccess {
  const column = columnOf(dataset, name);
  if (column === undefined) return 'none';
  const inputs = computedColumn(dataset, name)?.from ?? [];
  if (inputs.some((input) => columnAccess(dataset, input, granted) !== 'full')) return 'none';
  const { permission, unless, mask } = column;
  const isGranted = permission === undefined ? mask === undefined : granted.has(permission);
  if (isGranted) return 'full';
  return permission === undefined || unless === 'masked' ? 'masked' : 'none';
}

/**
 * Why a column is listed although the caller may not have it; undefined if it isn't listed, or if they may have it. A
 * computed column is listed only if everything that the caller lacks, the column itself or its inputs, is locked.
 * @param mine the dataset restricted to what the caller may have
 */
export function lockReason(dataset: Dataset, mine: Dataset, name: string): string | undefined {
  const column = columnOf(dataset, name);
  if (column === undefined || columnOf(mine, name) !== undefined) return undefined;
  const inputs = computedColumn(dataset, name)?.from ?? [];
  const missing = inputs.filter((input) => mine.columns[input] === undefined || mine.columns[input].mask !== undefined);
  // If inputs are missing, nobody can tell whether the column's own permission is, too, so assume that it is.
  const isOwn = missing.length === 0 || column.permission !== undefined;
  const reasons = [...(isOwn ? [column.reason] : []), ...missing.map((input) => columnOf(dataset, input)?.reason)];
  return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
}

/** Whether every caller who may export the dataset may have a column, in full or masked. */
export const isForEverybody = (dataset: Dataset, name: string): boolean =>
  columnAccess(dataset, name, new Set()) !== 'none';

/** Whether every caller who may export the dataset may have a column in full. */
const isOpen = (dataset: Dataset, name: string): boolean => columnAccess(dataset, name, new Set()) === 'full';

/** Whether a caller may export a dataset. @param mine restricted to what the caller may have */
export const mayExport = (mine: Dataset): boolean => mine.permission === undefined;

/** The conditions on columns that decide what a caller may have. */
export const conditionsOf = (dataset: Dataset): string[] =>
  allColumns(dataset).flatMap(({ permission }) => permission ?? []);

/** Whether some of the dataset's columns are masked, or are not for everybody. */
const isLimited = (dataset: Dataset): boolean =>
  allColumns(dataset).some(({ permission, mask }) => permission !== undefined || mask !== undefined);

/**
 * The dataset with the columns, masks and filters of a caller. A column with a `mask` is masked for that caller, and a
 * dataset that still has its `permission` is not for that caller, except their own rows in an account export.
 */
export function restrictDataset(dataset: Dataset, granted: Granted): Dataset {
  const { permission, ...open } = dataset;
  const own: Dataset = permission !== undefined && granted.has(permission) ? open : dataset;
  if (!isLimited(dataset)) return own;
  const accessTo = (name: string): ColumnAccess => columnAccess(dataset, name, granted);
  const restrict = <Column extends ColumnRights>(columns: Readonly<Record<string, Column>>) =>
    Object.fromEntries(
      Object.entries(columns).flatMap(([name, column]) => {
        const { permission: _permission, unless: _unless, reason: _reason, mask, ...rest } = column;
        const access = accessTo(name);
        if (access === 'full') return [[name, rest] as const];
        return access === 'masked' && mask !== undefined ? [[name, { ...rest, mask }] as const] : [];
      }),
    );
  // Masked values could be guessed by filtering or sorting.
  const filters = Object.entries(dataset.filters ?? {}).filter(([, { column }]) => accessTo(column) === 'full');
  return {
    ...own,
    columns: restrict(dataset.columns),
    computed: restrict(dataset.computed ?? {}),
    filters: Object.fromEntries(filters),
    ...(dataset.sorts === undefined ? {} : { sorts: dataset.sorts.filter((name) => accessTo(name) === 'full') }),
  };
}

/** How a file shows columns, by name. */
type ShownAs = Readonly<Record<string, Disclosure>>;
/** Of the datasets of a file, by name. */
export type ColumnsUsed = Readonly<Record<string, ShownAs>>;

interface Part {
  /** Restricted to what the caller may have. */
  readonly dataset: Dataset;
  readonly request: Pick<ExportRequest, 'columns' | 'filters' | 'sort'>;
}

/**
 * The columns that a file's contents depend on, also through computed columns, filters and its order.
 * @param registry with the whole datasets
 */
export const columnsUsed = (parts: readonly Part[], registry: DatasetRegistry): ColumnsUsed =>
  Object.fromEntries(
    parts.map(({ dataset, request: { columns, filters, sort } }) => {
      const whole = registry.get(dataset.name);
      const inFull = (name: string) => (whole !== undefined && isOpen(whole, name) ? 'open' : 'full');
      const filtered = Object.keys(filters).flatMap((name) => dataset.filters?.[name]?.column ?? []);
      const sorted = sort === undefined ? [] : [parseSort(sort).column];
      const names = columns.map(columnName).flatMap((name) => [name, ...(computedColumn(dataset, name)?.from ?? [])]);
      const used = [...names, ...filtered, ...sorted].map(
        (name) => [name, columnOf(dataset, name)?.mask ?? inFull(name)] as const,
      );
      return [dataset.name, Object.fromEntries(used)];
    }),
  );

/**
 * Whether a caller may still have what a file was made with.
 * @param mine the dataset restricted to what the caller may have
 */
export const mayStillHave = (dataset: Dataset, mine: Dataset, used: ShownAs): boolean =>
  Object.entries(used).every(([name, shown]) => {
    // The definition no longer says who may see it, so only what was open to everybody is still handed out.
    if (columnOf(dataset, name) === undefined) return shown === 'open';
    const column = columnOf(mine, name);
    return column !== undefined && (column.mask === undefined || column.mask === shown);
  });
