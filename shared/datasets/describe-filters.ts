import type { FilterValue, RangeFilter, Scalar } from '../contract.js';
import type { ColumnType, Dataset } from './define-dataset.js';
import { readableDays } from './readable-days.js';

type Bounds = Readonly<Record<keyof RangeFilter, string>>;

const NUMBERS: Bounds = { gt: 'more than', gte: 'at least', lt: 'less than', lte: 'at most' };
const TIMES: Bounds = { gt: 'after', gte: 'from', lt: 'before', lte: 'through' };
const isTime = (type: ColumnType | undefined): boolean =>
  type === 'date' || type === 'time' || type === 'timestamp' || type === 'timestamptz';

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
        return [`${label}: ${readableDays(list[0] ?? '', list[1] ?? '')}`];
      case 'one_of':
        return [`${label}: ${list.join(', ')}`];
      case 'equals':
        return [`${label}: ${describeScalar(value)}`];
      case 'contains':
        return [`${label} contains “${describeScalar(value)}”`];
      case 'is_null':
        return [`${label}: ${value === true ? 'empty' : 'not empty'}`];
      case 'range':
        return [`${label}: ${describeRange(value as RangeFilter, isTime(column?.type) ? TIMES : NUMBERS)}`];
    }
  });
}

function describeScalar(value: FilterValue): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? '' : String(value);
}

function describeRange(range: RangeFilter, words: Bounds): string {
  const bounds = Object.entries(range) as [keyof RangeFilter, Scalar][];
  return bounds.map(([bound, limit]) => `${words[bound]} ${limit}`).join(', ');
}
