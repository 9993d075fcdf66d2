import { columnTypeOf } from '../../shared/datasets/catalog.js';
import { isSortable } from '../../shared/datasets/sort.js';
import type { TableFacts } from '../../shared/source/read-table.js';

/**
 * Proposes to sort by each column that is never null and comes first in an index, or second after the tenant if there
 * are several tenants. The columns are in the table's order.
 */
export function proposeSorts(
  { columns, indexes }: Pick<TableFacts, 'columns' | 'indexes'>,
  tenant: string | undefined,
): string[] {
  const ordered = indexes.filter(({ isOrdered }) => isOrdered).map((index) => index.columns);
  const afterTenant = ordered.flatMap(([first, second]) => {
    if (tenant === undefined) return [first];
    return first === tenant ? [second] : [];
  });
  return columns
    .filter((column) => column.isNotNull && isSortable(column.name, columnTypeOf(column)))
    .map(({ name }) => name)
    .filter((name) => afterTenant.includes(name));
}
