import { accountantOf, TENANTS } from './tenants.js';

/** Tables of the sample shop, with what makes them fast to export. Constraints and indexes are added after the rows. */

/** Ordered by their references to each other. */
export const TABLES = ['customers', 'orders', 'transactions'] as const;
export type Table = (typeof TABLES)[number];

/**
 * Users who may see credit limits, which `customers` (shared/datasets/customers.ts) locks for everybody else. Another
 * tenant may have users with the same ids.
 */
export const ACCOUNTANTS = 'accountants';
export const makeAccountants = (): string =>
  `CREATE TABLE ${ACCOUNTANTS} (tenant_id uuid, user_id uuid, PRIMARY KEY (tenant_id, user_id));
   INSERT INTO ${ACCOUNTANTS} VALUES ${TENANTS.map((tenant) => `('${tenant.id}', '${accountantOf(tenant).id}')`).join(', ')}`;

export interface TableDefinition {
  /** Creates the table without constraints. */
  readonly create: string;
  /** Keys, checks and indexes. An exporter walks a tenant's rows in key order: (tenant_id, id). */
  readonly finish: readonly string[];
  /** Foreign keys by name, added once all tables are complete. */
  readonly references: Readonly<Record<string, string>>;
}

/**
 * Row-level security: users other than the owner see only rows of the tenant in `app.tenant_id`, which every export
 * sets. The sub-select makes PostgreSQL read the setting once, not for each row. Ids that aren't UUIDs have no rows.
 */
export const rowSecurity = (table: Table): string => `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
  CREATE POLICY tenant ON ${table}
    USING (tenant_id = (SELECT CASE WHEN id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN id::uuid END
      FROM current_setting('app.tenant_id', true) AS id))`;

const DEFINITIONS = {
  customers: {
    create: `CREATE TABLE customers (
      id bigint NOT NULL,
      tenant_id uuid NOT NULL,
      name text NOT NULL,
      email text NOT NULL,
      phone text,
      country char(2) NOT NULL,
      vip boolean NOT NULL,
      credit_limit numeric(12,2),
      preferences jsonb NOT NULL,
      born_on date,
      created_at timestamptz NOT NULL
    )`,
    finish: [
      'ALTER TABLE customers ADD PRIMARY KEY (id)',
      'CREATE UNIQUE INDEX customers_tenant_id_id_key ON customers (tenant_id, id)',
      'CREATE INDEX customers_tenant_id_created_at_id_idx ON customers (tenant_id, created_at, id)',
    ],
    references: {},
  },
  orders: {
    create: `CREATE TABLE orders (
      id bigint NOT NULL,
      tenant_id uuid NOT NULL,
      user_id uuid NOT NULL,
      customer_id bigint NOT NULL,
      customer_name text NOT NULL,
      email text NOT NULL,
      status text NOT NULL CHECK (status IN ('pending', 'paid', 'shipped', 'delivered', 'refunded')),
      total numeric(12,2) NOT NULL,
      currency char(3) NOT NULL,
      quantity int NOT NULL,
      note text,
      placed_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL
    )`,
    finish: [
      'ALTER TABLE orders ADD PRIMARY KEY (id)',
      'CREATE UNIQUE INDEX orders_tenant_id_id_key ON orders (tenant_id, id)',
      'CREATE INDEX orders_tenant_id_placed_at_id_idx ON orders (tenant_id, placed_at, id)',
      'CREATE INDEX orders_tenant_id_customer_id_id_idx ON orders (tenant_id, customer_id, id)',
    ],
    references: { orders_customer_id_fkey: 'FOREIGN KEY (customer_id) REFERENCES customers (id)' },
  },
  transactions: {
    create: `CREATE TABLE transactions (
      id bigint NOT NULL,
      tenant_id uuid NOT NULL,
      user_id uuid NOT NULL,
      order_id bigint NOT NULL,
      customer_id bigint NOT NULL,
      kind text NOT NULL CHECK (kind IN ('payment', 'refund', 'chargeback')),
      amount numeric(12,2) NOT NULL,
      fee numeric(14,6) NOT NULL,
      currency char(3) NOT NULL,
      method text NOT NULL,
      reference uuid NOT NULL,
      exchange_rate double precision,
      settled boolean NOT NULL,
      settled_at timestamptz,
      created_at timestamptz NOT NULL
    )`,
    finish: [
      'ALTER TABLE transactions ADD PRIMARY KEY (id)',
      'CREATE UNIQUE INDEX transactions_tenant_id_id_key ON transactions (tenant_id, id)',
      'CREATE INDEX transactions_tenant_id_created_at_id_idx ON transactions (tenant_id, created_at, id)',
    ],
    references: {
      transactions_order_id_fkey: 'FOREIGN KEY (order_id) REFERENCES orders (id)',
      transactions_customer_id_fkey: 'FOREIGN KEY (customer_id) REFERENCES customers (id)',
    },
  },
} satisfies Record<Table, TableDefinition>;

export function definitionOf(table: Table): TableDefinition {
  return DEFINITIONS[table];
}
