import { columnTypeOf } from '../../shared/datasets/catalog.js';
import type { ColumnType, FilterDefinition } from '../../shared/datasets/define-dataset.js';
import type { TableColumn, TableFacts } from '../../shared/source/read-table.js';

/** The most useful filter for each type; other types get none. */
const KINDS: Partial<Record<ColumnType, 'date_range' | 'range' | 'equals' | 'contains'>> = {
  smallint: 'range',
  integer: 'range',
  bigint: 'range',
  numeric: 'range',
  real: 'range',
  'double precision': 'range',
  boolean: 'equals',
  text: 'contains',
  char: 'equals',
  uuid: 'equals',
  date: 'date_range',
  time: 'range',
  timestamp: 'date_range',
  timestamptz: 'date_range',
  interval: 'range',
  inet: 'equals',
};

function filterOf(column: TableColumn): FilterDefinition | null {
  const { name, labels, isReference } = column;
  if (labels !== null) {
    const values = labels.filter((label) => label !== '');
    return values.length === 0 ? null : { kind: 'one_of', column: name, values };
  }
  const kind = KINDS[columnTypeOf(column)];
  if (kind === undefined) return null;
  return { kind: isReference ? 'equals' : kind, column: name };
}

/**
 * Proposes filters by column name. `date_range` goes to the time column with an index, alone or after the tenant,
 * otherwise to the first one.
 */
export function proposeFilters(
  { columns, indexes }: Pick<TableFacts, 'columns' | 'indexes'>,
  tenant: string | undefined,
): Record<string, FilterDefinition> {
  const proposed = columns.flatMap((column) => filterOf(column) ?? []);
  const times = proposed.filter(({ kind }) => kind === 'date_range').map(({ column }) => column);
  const isIndexed = (name: string): boolean =>
    indexes.some(({ columns: [first, second] }) => first === name || (first === tenant && second === name));
  const main = times.find(isIndexed) ?? times[0];
  const named: Record<string, FilterDefinition> =
    main === undefined ? {} : { date_range: { kind: 'date_range', column: main } };
  for (const filter of proposed) {
    if (filter.column !== main && !Object.hasOwn(named, filter.column)) named[filter.column] = filter;
  }
  return named;
}
