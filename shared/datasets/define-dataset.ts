/**
 * What can be exported. A definition names a table or view, its unique key, the column that holds the tenant,
 * the columns that may be requested and the filters that may be set; nothing else in the database is reachable.
 *
 * ```ts
 * export const orders = defineDataset({
 *   name: 'orders', title: 'Orders', table: 'orders', key: ['id'], tenantColumn: 'tenant_id',
 *   columns: { id: { type: 'bigint', label: 'Order ID' }, status: { type: 'text', label: 'Status' } },
 *   filters: { status: { kind: 'one_of', column: 'status', values: ['paid', 'open'] } },
 * });
 * ```
 */

import { isOneLine } from '../text/one-line.js';
import { rightsProblems } from './check-rights.js';
import { COLUMN_TYPES, type ColumnDefinition, type ColumnType } from './column-types.js';
import { COMPUTED_TYPES, type ComputedColumn, type ComputedDefinition, type ComputedType } from './computed.js';
import { numberLookProblem } from './number-format.js';
import { sortProblem } from './sort.js';
import { valueProblem } from './values.js';

export { COLUMN_TYPES, type ColumnDefinition, type ColumnType };

export type FilterDefinition<Column extends string = string> =
  /**
   * `["2026-01-01", "2026-04-01"]`: first day and day after the last, in `options.timezone`; or `{ from, to }`, of
   * which the last day is included; or a relative range, such as `last_month`.
   */
  | { readonly kind: 'date_range'; readonly column: Column }
  /** A list of values; with `values`, only these are allowed. */
  | { readonly kind: 'one_of'; readonly column: Column; readonly values?: readonly string[] }
  /** `{ gt, gte, lt, lte }`, at least one of these. */
  | { readonly kind: 'range'; readonly column: Column }
  /** One value. */
  | { readonly kind: 'equals'; readonly column: Column }
  /** Text that occurs anywhere in the column's text, ignoring case. */
  | { readonly kind: 'contains'; readonly column: Column }
  /** `true`: rows without a value; `false`: rows with one. */
  | { readonly kind: 'is_null'; readonly column: Column };

export interface Dataset<Column extends string = string> {
  /** Its name in requests (`type`): lowercase letters, digits and underscores. */
  readonly name: string;
  readonly title: string;
  /** Default: the first schema of the search path that has the table. */
  readonly schema?: string;
  readonly table: string;
  /** Columns that are unique together and never null. They order the file and bound its segments. */
  readonly key: readonly string[];
  /** The tenant's id; every query is limited to the caller's tenant. Only a service with a single tenant needs none. */
  readonly tenantColumn?: string | undefined;
  /** The user's id. Only datasets with one are part of account exports. */
  readonly userColumn?: string;
  /**
   * An SQL condition that decides who may export the dataset. It finds the caller in `current_setting('app.user_id')`
   * and `current_setting('app.tenant_id')`. It is checked when an export is requested, when it begins, and whenever its
   * file is downloaded. Default: everybody. Account exports, which contain only the user's own rows, don't check it.
   */
  readonly permission?: string;
  /** In the default order of exports. */
  readonly columns: Readonly<Record<Column, ColumnDefinition>>;
  /** Columns that TypeScript computes from others. By default, they follow the others. */
  readonly computed?: Readonly<Record<string, ComputedColumn>>;
  readonly filters?: Readonly<Record<string, FilterDefinition<NoInfer<Column>>>>;
  /**
   * Columns that requests may sort by; never null. Each needs an index with the tenant first and then the column,
   * preferably followed by the key.
   */
  readonly sorts?: readonly NoInfer<Column>[];
}

/** The datasets by name. */
export type DatasetRegistry = ReadonlyMap<string, Dataset>;

/** Thrown for an invalid definition; the message says which one and why. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}

/** The `type` of an account export. No dataset may have this name. */
export const ACCOUNT = 'account';
/** The file name, without extension, of an account export's manifest. */
const MANIFEST = 'manifest';

const NAME = /^[a-z][a-z0-9_]{0,62}$/;

type Inputs<C extends Columns> = Readonly<Record<string, readonly (keyof C & string)[]>>;
type ComputedTypes = Readonly<Record<string, ComputedType>>;
type Columns = Readonly<Record<string, ColumnDefinition>>;

/** A definition whose `compute` functions know the types of their columns. */
type Definition<C extends Columns, From extends Inputs<C>, Types extends ComputedTypes> = Omit<
  Dataset<keyof C & string>,
  'columns' | 'computed'
> & {
  readonly columns: C;
  readonly computed?: { readonly [Name in keyof From]: { readonly from: From[Name] } } & {
    readonly [Name in keyof Types]: { readonly type: Types[Name] };
  } & {
    readonly [Name in keyof From & keyof Types]: ComputedDefinition<C, From[Name], Types[Name]>;
  };
};

/**
 * Checks a definition like `checkDataset`, and types the arguments of its `compute` functions.
 * @throws DatasetError
 */
export function defineDataset<const C extends Columns, const From extends Inputs<C>, const Types extends ComputedTypes>(
  dataset: Definition<C, From, Types>,
): Dataset {
  return checkDataset(dataset);
}

/**
 * Checks a definition and returns it frozen. What only the database knows (whether the table exists, the key is unique,
 * the columns have their types) is checked when a worker starts and when an export is planned.
 * @throws DatasetError
 */
export function checkDataset(dataset: Dataset): Dataset {
  const fail = (why: string): never => {
    throw new DatasetError(`Dataset ${JSON.stringify(dataset.name)}: ${why}.`);
  };
  if (!NAME.test(dataset.name))
    fail('its name must be lowercase letters, digits and underscores, starting with a letter');
  if (dataset.name === ACCOUNT) fail('this name is reserved for account exports');
  if (dataset.name === MANIFEST && dataset.userColumn !== undefined) {
    fail("a dataset with a userColumn can't have this name: its file would replace the manifest of account exports");
  }
  if (dataset.key.length === 0) fail('it has no key');
  if (new Set(dataset.key).size < dataset.key.length) fail('its key lists a column twice');
  const columns = Object.entries(dataset.columns);
  if (columns.length === 0) fail('it has no columns');
  if (!isOneLine(dataset.title)) fail('its title has a line break or another control character');
  const all = [...columns, ...Object.entries(dataset.computed ?? {})];
  for (const [name, column] of all) {
    const { label = '', description = '', type } = column;
    if (!isOneLine(label)) fail(`the label of column ${name} has a line break or another control character`);
    if (!isOneLine(description))
      fail(`the description of column ${name} has a line break or another control character`);
    const problem = numberLookProblem(type, column);
    if (problem !== null) fail(`column ${name} ${problem}`);
  }
  if (all.every(([, { hidden }]) => hidden === true)) fail('all its columns are hidden');
  for (const [name, column] of columns) {
    if (!COLUMN_TYPES.includes(column.type)) fail(`column ${name} has the unknown type ${JSON.stringify(column.type)}`);
  }
  const [wrongRight] = rightsProblems(dataset);
  if (wrongRight !== undefined) fail(wrongRight);
  for (const [name, { type, from }] of Object.entries(dataset.computed ?? {})) {
    if (Object.hasOwn(dataset.columns, name)) fail(`column ${name} is both in the table and computed`);
    if (!COMPUTED_TYPES.includes(type)) {
      fail(`computed column ${name} has the type ${JSON.stringify(type)}; it can be ${COMPUTED_TYPES.join(', ')}`);
    }
    const stranger = from.find((column) => !Object.hasOwn(dataset.columns, column));
    if (stranger !== undefined) fail(`computed column ${name} uses column ${stranger}, which the dataset doesn't have`);
  }
  for (const [name, filter] of Object.entries(dataset.filters ?? {})) {
    const type = Object.hasOwn(dataset.columns, filter.column) ? dataset.columns[filter.column]?.type : undefined;
    if (type === undefined) fail(`filter ${name} uses column ${filter.column}, which the dataset doesn't have`);
    if (filter.kind === 'date_range' && !['date', 'timestamp', 'timestamptz'].includes(type ?? '')) {
      fail(`filter ${name} is a date_range, but column ${filter.column} is ${type ?? 'unknown'}`);
    }
    if (filter.kind === 'contains' && type !== 'text' && type !== 'char') {
      fail(`filter ${name} searches text, but column ${filter.column} is ${type ?? 'unknown'}`);
    }
    if (filter.kind !== 'is_null' && (type === 'json' || type === 'jsonb' || type === 'other'))
      fail(`filter ${name} can't compare column ${filter.column}, because its type is ${type}`);
    for (const value of filter.kind === 'one_of' ? (filter.values ?? []) : []) {
      const problem = valueProblem(value, type ?? 'text');
      if (problem !== null) fail(`filter ${name} has the value ${JSON.stringify(value)}, which ${problem}`);
    }
  }
  const problem = sortsProblem(dataset);
  if (problem !== null) fail(problem);
  return Object.freeze(dataset);
}

/** What is wrong with the sorts of a definition; null if nothing is. */
function sortsProblem({ columns, sorts = [] }: Dataset): string | null {
  if (new Set(sorts).size < sorts.length) return 'its sorts list a column twice';
  for (const name of sorts) {
    const type = Object.hasOwn(columns, name) ? columns[name]?.type : undefined;
    if (type === undefined) return `it sorts by ${name}, which is not a column of its table`;
    const problem = sortProblem(name, type);
    if (problem !== null) return `it can't sort by column ${name}, ${problem}`;
  }
  return null;
}

/** The names of all columns, in the default order of exports. */
export const columnNames = ({ columns, computed = {} }: Dataset): string[] => [
  ...Object.keys(columns),
  ...Object.keys(computed),
];

/** The computed column with that name; undefined for a column of the table. */
export const computedColumn = ({ computed = {} }: Dataset, name: string): ComputedColumn | undefined =>
  Object.hasOwn(computed, name) ? computed[name] : undefined;

/** @throws RangeError for a name that the dataset doesn't have */
export function columnNamed(dataset: Dataset, name: string): ColumnDefinition | ComputedColumn {
  const column = computedColumn(dataset, name) ?? dataset.columns[name];
  if (column === undefined) throw new RangeError(`${dataset.name} has no column ${name}`);
  return column;
}

/** Those of the columns that are in the table, in the same order. */
export const tableColumns = (dataset: Dataset, names: readonly string[]): string[] =>
  names.filter((name) => computedColumn(dataset, name) === undefined);
