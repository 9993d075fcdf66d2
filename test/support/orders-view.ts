import { orders } from '../../shared/datasets/orders.js';

/** A view of the sample orders that replaces `note` with an SQL expression, which may wait, fail or be slow. */
export function ordersView(name: string, note: string): string {
  const items = Object.keys(orders.columns).map((column) => (column === 'note' ? `${note} AS note` : column));
  return `CREATE OR REPLACE VIEW ${name} AS SELECT ${items.join(', ')} FROM orders`;
}
