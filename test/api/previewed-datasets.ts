import { queryRows } from '../support/database.js';
import { defineDataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';

/** Every row takes a hundredth of a second. */
export const slowOrders = defineDataset({
  ...orders,
  ...{ name: 'slow_orders', table: 'slow_orders', filters: {}, computed: {}, sorts: [] },
});
/** Equally slow; a preview of a computed column first looks up the longest row. */
export const slowComputed = defineDataset({
  ...orders,
  ...{ name: 'slow_computed', table: 'slow_orders', filters: {}, sorts: [] },
  computed: { loud: { type: 'text', from: ['note'], compute: ({ note }) => String(note).toUpperCase() } },
});
export const huge = defineDataset({
  name: 'huge',
  title: 'Huge',
  table: 'huge',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: { id: { type: 'integer' }, note: { type: 'text' }, document: { type: 'jsonb' } },
});
/** Documents that are cut in every position: in strings, after backslashes, at formulas. */
export const documents = defineDataset({
  name: 'documents',
  title: 'Documents',
  table: 'documents',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: { id: { type: 'integer' }, stored: { type: 'json' }, parsed: { type: 'jsonb' }, words: { type: 'text' } },
});

/** Creates the tables of these datasets, with rows of a tenant. */
export async function createPreviewed(databaseUrl: string, tenantId: string): Promise<void> {
  await queryRows(
    databaseUrl,
    `CREATE FUNCTION slow(id bigint) RETURNS bigint LANGUAGE sql VOLATILE AS
       $$ SELECT id FROM (SELECT pg_sleep(0.01)) AS wait $$;
     CREATE VIEW slow_orders AS SELECT * FROM orders WHERE slow(id) < 0;
     GRANT SELECT ON slow_orders TO PUBLIC;
     CREATE TABLE huge (id int PRIMARY KEY, tenant_id uuid, note text, document jsonb);
     CREATE TABLE documents (id int PRIMARY KEY, tenant_id uuid, stored json, parsed jsonb, words text)`,
  );
  await queryRows(
    databaseUrl,
    `INSERT INTO documents SELECT n, $1, document::json, document::jsonb, E'\\ufeff"=' || repeat('w', 980 + n)
     FROM generate_series(1, 50) AS n, LATERAL (SELECT jsonb_build_object('text', repeat('x', 960 + n) || E',=1\\\\",-2' ||
       repeat('\\', n), 'list', ARRAY[-1, n])::text AS document) AS documents`,
    [tenantId],
  );
  await queryRows(
    databaseUrl,
    `INSERT INTO huge SELECT 1, $1, repeat('🙂', 20000000), to_jsonb(repeat('x', 5000000))`,
    [tenantId],
  );
}
