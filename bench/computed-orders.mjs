/**
 * The sample orders with an additional column: `computed_note` is `note`, passed through JavaScript. An export with it
 * instead of `note` uses the row lane, and must give the same file, byte for byte.
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
  sorts: ['customer_id'],
};

export default [orders];
