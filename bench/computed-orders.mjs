/**
 * The sample orders with one column more: `computed_note` is `note`, by way of JavaScript. An export with the one in
 * place of the other takes the row lane, and must be the same file, byte for byte.
 *
 * `DATASETS_MODULE=bench/computed-orders.mjs`
 */
const orders = {
  name: 'orders',
  title: 'Orders',
  table: 'orders',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'bigint' },
    tenant_id: { type: 'uuid' },
    user_id: { type: 'uuid' },
    customer_id: { type: 'bigint' },
    customer_name: { type: 'text' },
    email: { type: 'text' },
    status: { type: 'text' },
    total: { type: 'numeric' },
    currency: { type: 'char' },
    quantity: { type: 'integer' },
    note: { type: 'text' },
    placed_at: { type: 'timestamptz' },
    updated_at: { type: 'timestamptz' },
  },
  computed: {
    computed_note: { type: 'text', from: ['note'], compute: ({ note }) => note },
  },
};

export default [orders];
