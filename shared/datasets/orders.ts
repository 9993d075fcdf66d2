import { defineDataset } from './define-dataset.js';

/** The sample shop's orders: an example of a definition, and what the local stack exports. */
export const orders = defineDataset({
  name: 'orders',
  title: 'Orders',
  table: 'orders',
  key: ['id'],
  tenantColumn: 'tenant_id',
  userColumn: 'user_id',
  columns: {
    id: { type: 'bigint', label: 'Order ID' },
    tenant_id: { type: 'uuid', label: 'Tenant' },
    user_id: { type: 'uuid', label: 'User' },
    customer_id: { type: 'bigint', label: 'Customer ID' },
    customer_name: { type: 'text', label: 'Customer' },
    email: { type: 'text', label: 'Email' },
    status: { type: 'text', label: 'Status' },
    total: {
      type: 'numeric',
      label: 'Total',
      precision: 12,
      scale: 2,
      description: 'With tax, in the currency of the order',
    },
    currency: { type: 'char', label: 'Currency' },
    quantity: { type: 'integer', label: 'Quantity' },
    note: { type: 'text', label: 'Note', description: 'What the customer wrote' },
    placed_at: { type: 'timestamptz', label: 'Placed at' },
    updated_at: { type: 'timestamptz', label: 'Updated at' },
  },
  filters: {
    date_range: { kind: 'date_range', column: 'placed_at' },
    status: { kind: 'one_of', column: 'status', values: ['pending', 'paid', 'shipped', 'delivered', 'refunded'] },
    total: { kind: 'range', column: 'total' },
    currency: { kind: 'equals', column: 'currency' },
    customer_id: { kind: 'equals', column: 'customer_id' },
  },
  sorts: ['id', 'placed_at', 'customer_id'],
});
