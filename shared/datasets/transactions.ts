import { defineDataset } from './define-dataset.js';

/** The sample shop's payments, refunds and chargebacks. */
export const transactions = defineDataset({
  name: 'transactions',
  title: 'Transactions',
  table: 'transactions',
  key: ['id'],
  tenantColumn: 'tenant_id',
  userColumn: 'user_id',
  columns: {
    id: { type: 'bigint', label: 'Transaction ID' },
    tenant_id: { type: 'uuid', label: 'Tenant' },
    user_id: { type: 'uuid', label: 'User' },
    order_id: { type: 'bigint', label: 'Order ID' },
    customer_id: { type: 'bigint', label: 'Customer ID' },
    kind: { type: 'text', label: 'Kind' },
    amount: { type: 'numeric', label: 'Amount', precision: 12, scale: 2 },
    fee: { type: 'numeric', label: 'Fee', precision: 14, scale: 6 },
    currency: { type: 'char', label: 'Currency' },
    method: { type: 'text', label: 'Method' },
    reference: { type: 'uuid', label: 'Reference' },
    exchange_rate: { type: 'double precision', label: 'Exchange rate' },
    settled: { type: 'boolean', label: 'Settled' },
    settled_at: { type: 'timestamptz', label: 'Settled at' },
    created_at: { type: 'timestamptz', label: 'Created at' },
  },
  filters: {
    date_range: { kind: 'date_range', column: 'created_at' },
    kind: { kind: 'one_of', column: 'kind', values: ['payment', 'refund', 'chargeback'] },
    amount: { kind: 'range', column: 'amount' },
    currency: { kind: 'equals', column: 'currency' },
    customer_id: { kind: 'equals', column: 'customer_id' },
    order_id: { kind: 'equals', column: 'order_id' },
    unsettled: { kind: 'is_null', column: 'settled_at' },
  },
  sorts: ['id', 'created_at'],
});
