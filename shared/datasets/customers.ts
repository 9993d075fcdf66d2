import { defineDataset } from './define-dataset.js';
import { mailRecipient } from './mail-recipient.js';

/** The sample shop's customers. */
export const customers = defineDataset({
  name: 'customers',
  title: 'Customers',
  table: 'customers',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'bigint', label: 'Customer ID' },
    tenant_id: { type: 'uuid', label: 'Tenant' },
    name: { type: 'text', label: 'Name' },
    email: { type: 'text', label: 'Email' },
    phone: { type: 'text', label: 'Phone', mask: 'last_4' },
    country: { type: 'char', label: 'Country' },
    vip: { type: 'boolean', label: 'VIP' },
    credit_limit: {
      type: 'numeric',
      label: 'Credit limit',
      precision: 12,
      scale: 2,
      permission: `EXISTS (SELECT FROM accountants
        WHERE tenant_id::text = current_setting('app.tenant_id') AND user_id::text = current_setting('app.user_id'))`,
      unless: 'locked',
      reason: 'Only for accountants.',
    },
    preferences: { type: 'jsonb', label: 'Preferences' },
    born_on: { type: 'date', label: 'Born on' },
    created_at: { type: 'timestamptz', label: 'Created at' },
  },
  computed: {
    recipient: {
      type: 'text',
      label: 'Recipient',
      from: ['name', 'email'],
      compute: ({ name, email }) => mailRecipient(name, email),
    },
  },
  filters: {
    date_range: { kind: 'date_range', column: 'created_at' },
    name: { kind: 'contains', column: 'name' },
    email: { kind: 'contains', column: 'email' },
    country: { kind: 'one_of', column: 'country' },
    vip: { kind: 'equals', column: 'vip' },
    credit_limit: { kind: 'range', column: 'credit_limit' },
    born_on: { kind: 'range', column: 'born_on' },
  },
  sorts: ['id', 'created_at'],
});
