import type { FilterValue, RangeFilter, Scalar } from '../contract.js';
import type { Dataset } from './define-dataset.js';

const BOUNDS = { gt: 'over', gte: 'from', lt: 'below', lte: 'up to' } as const satisfies Record<
  keyof RangeFilter,
  string
>;

/** Filters in words, for people: `Placed at from 2026-01-01 to before 2026-04-01`, `Status: paid, open`. */
export function describeFilters(
  { columns, filters = {} }: Dataset,
  values: Readonly<Record<string, FilterValue>>,
): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const filter = filters[name];
    if (filter === undefined) return [];
    const label = columns[filter.column]?.label ?? filter.column;
    const list = Array.isArray(value) ? (value as readonly Scalar[]).map(String) : [];
    const one = typeof value === 'object' ? '' : String(value);
    switch (filter.kind) {
      case 'date_range':
        return [`${label} from ${list[0] ?? ''} to before ${list[1] ?? ''}`];
      case 'one_of':
        return [`${label}: ${list.join(', ')}`];
      case 'equals':
        return [`${label}: ${one}`];
      case 'contains':
        return [`${label} contains “${one}”`];
      case 'is_null':
        return [`${label}: ${value === true ? 'none' : 'any'}`];
      case 'range': {
        const bounds = Object.entries(value as RangeFilter) as [keyof RangeFilter, Scalar][];
        return [`${label} ${bounds.map(([bound, limit]) => `${BOUNDS[bound]} ${limit}`).join(' ')}`];
      }
    }
  });
}
