import {
  columnHeader,
  columnName,
  type ColumnChoice,
  type DayRange,
  type ExportRequest,
  type FilterValue,
  type RangeFilter,
  type Scalar,
} from '../contract.js';
import type { ColumnType, Dataset } from './define-dataset.js';
import { dayBefore, readableDays, readableMoment } from './readable-days.js';
import { parseSort } from './sort.js';
import { directionsOf } from './sort-words.js';

type Bounds = Readonly<Record<keyof RangeFilter, string>>;

const NUMBERS: Bounds = { gt: 'more than', gte: 'at least', lt: 'less than', lte: 'at most' };
const TIMES: Bounds = { gt: 'after', gte: 'from', lt: 'before', lte: 'through' };
const isTime = (type: ColumnType | undefined): boolean =>
  type === 'date' || type === 'time' || type === 'timestamp' || type === 'timestamptz';

/**
 * Which rows an export has, and in which order, for people: `All rows`, `Sorted by Placed at, newest first`. Columns
 * have the request's headers.
 */
export function describeRows(
  dataset: Dataset,
  { columns, filters, sort }: Pick<ExportRequest, 'columns' | 'filters' | 'sort'>,
): string[] {
  const named = withHeaders(dataset, columns);
  const described = describeFilters(named, filters);
  return [
    ...(described.length === 0 ? ['All rows'] : described),
    ...(sort === undefined ? [] : [describeSort(named, sort)]),
  ];
}

/** The dataset, with the request's headers as labels. */
function withHeaders(dataset: Dataset, choices: readonly ColumnChoice[]): Dataset {
  const headers = new Map(choices.map((choice) => [columnName(choice), columnHeader(choice)]));
  const columns = Object.entries(dataset.columns).map(([name, column]) => {
    const label = headers.get(name);
    return [name, label === undefined ? column : { ...column, label }] as const;
  });
  return { ...dataset, columns: Object.fromEntries(columns) };
}

function describeSort({ columns }: Dataset, sort: string): string {
  const { column, descending } = parseSort(sort);
  const { label = column, type = 'text' } = columns[column] ?? {};
  const [up, down] = directionsOf(type);
  return `Sorted by ${label}, ${descending ? down : up}`;
}

/**
 * Filters in words, for people: `Placed at: 1–31 March 2026`, `Status: paid, open`, `Total: at least 10`.
 * @param values filter values by filter name; names that the dataset doesn't have are ignored
 */
export function describeFilters(
  { columns, filters = {} }: Dataset,
  values: Readonly<Record<string, FilterValue>>,
): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const filter = filters[name];
    if (filter === undefined) return [];
    const column = columns[filter.column];
    const label = column?.label ?? filter.column;
    const list = Array.isArray(value) ? (value as readonly Scalar[]).map(String) : [];
    switch (filter.kind) {
      case 'date_range':
        return [`${label}: ${describeDays(value as readonly Scalar[] | DayRange)}`];
      case 'one_of':
        return [`${label}: ${list.join(', ')}`];
      case 'equals':
        return [`${label}: ${describeScalar(value)}`];
      case 'contains':
        return [`${label} contains “${describeScalar(value)}”`];
      case 'is_null':
        return [`${label}: ${value === true ? 'empty' : 'not empty'}`];
      case 'range':
        return [`${label}: ${describeRange(value as RangeFilter, column?.type)}`];
    }
  });
}

function describeScalar(value: FilterValue): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? '' : String(value);
}

function describeDays(range: readonly Scalar[] | DayRange): string {
  const text = (bound: Scalar | undefined): string | undefined => (bound === undefined ? undefined : String(bound));
  if ('from' in range || 'to' in range) return readableDays(text(range.from), text(range.to));
  const [from = '', end = ''] = Array.isArray(range) ? range.map(String) : [];
  return readableDays(from, dayBefore(end));
}

function describeRange(range: RangeFilter, type: ColumnType | undefined): string {
  const words = isTime(type) ? TIMES : NUMBERS;
  const bounds = Object.entries(range) as [keyof RangeFilter, Scalar][];
  // Only in a `date` column is a limit a whole day; elsewhere, a date means midnight.
  const readable = (limit: Scalar): string => (type === 'date' ? readableMoment(String(limit)) : String(limit));
  return bounds.map(([bound, limit]) => `${words[bound]} ${readable(limit)}`).join(', ');
}
