import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { AWKWARD_ORDERS } from '../../dev/sample-data/awkward-orders.js';
import { seedSampleData } from '../../dev/sample-data/seed.js';
import { NORTHWIND, TENANTS } from '../../dev/sample-data/tenants.js';
import { createDatabase, openDatabase, type OpenDatabase } from '../support/database.js';

const ORDERS = 4_000;

describe('sample data', () => {
  let database: OpenDatabase;
  let client: pg.Client;

  before(async () => {
    database = await openDatabase();
    ({ client } = database);
    // VACUUM can't mark pages as visible to everyone while this transaction is open.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM pg_class LIMIT 1');
    let released: Promise<unknown> | undefined;
    await seedSampleData({
      databaseUrl: database.url,
      orders: ORDERS,
      singleTenant: false,
      say: (detail) => {
        if (detail === 'statistics and visibility map') released = sleep(500).then(() => client.query('COMMIT'));
      },
    });
    assert(released !== undefined);
    await released;
  });
  after(() => database.close());

  const one = async (sql: string): Promise<unknown> => {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  };
  const fingerprint = (): Promise<unknown> =>
    one(`SELECT md5(string_agg(t::text, E'\\n' ORDER BY kind, id)) FROM (
           SELECT 1 AS kind, id, c::text AS t FROM customers c UNION ALL
           SELECT 2, id, o::text FROM orders o UNION ALL
           SELECT 3, id, r::text FROM transactions r) AS everything (kind, id, t)`);

  it('has the requested number of rows, each in one tenant with its customer and user', async () => {
    assert.equal(await one('SELECT count(*)::int FROM orders'), ORDERS);
    assert.equal(await one('SELECT count(*)::int FROM transactions'), ORDERS);
    assert.equal(await one('SELECT count(*)::int FROM customers'), ORDERS / 20);
    const strangers = `SELECT count(*)::int FROM orders o JOIN customers c ON c.id = o.customer_id
      JOIN transactions t ON t.order_id = o.id
      WHERE c.tenant_id <> o.tenant_id OR t.tenant_id <> o.tenant_id OR t.customer_id <> c.id
        OR t.user_id <> o.user_id`;
    assert.equal(await one(strangers), 0);
  });

  it('gives the first tenant about seventy percent, and every tenant several users', async () => {
    const { rows } = await client.query<{ tenant_id: string; share: number; users: string[] }>(
      `SELECT tenant_id, count(*) * 100.0 / ${ORDERS}::float AS share, array_agg(DISTINCT user_id::text) AS users
       FROM orders GROUP BY tenant_id`,
    );
    for (const { id, percent, users } of TENANTS) {
      const row = rows.find(({ tenant_id: tenant }) => tenant === id);
      assert(row !== undefined && Math.abs(row.share - percent) < 5, `${id} has ${row?.share ?? 0}%`);
      assert.deepEqual(row.users.toSorted(), users.map((user) => user.id).toSorted());
    }
  });

  it('has the awkward text in the first rows, character for character', async () => {
    const { rows } = await client.query<{ id: string; customer_name: string; note: string | null; tenant_id: string }>(
      'SELECT id, customer_name, note, tenant_id FROM orders WHERE id <= $1 ORDER BY id',
      [AWKWARD_ORDERS.length],
    );
    assert.deepEqual(
      rows.map(({ customer_name: customerName, note }) => ({ customerName, note })),
      AWKWARD_ORDERS.map(({ customerName, note }) => ({ customerName, note })),
    );
    assert(rows.every(({ tenant_id: tenant }) => tenant === NORTHWIND.id));
  });

  it('has refunds, missing notes and every status', async () => {
    assert.equal(await one("SELECT bool_and(total < 0) FROM orders WHERE status = 'refunded'"), true);
    assert.equal(await one('SELECT count(note) < count(*) AND count(note) > 0 FROM orders'), true);
    assert.equal(await one('SELECT count(DISTINCT status)::int FROM orders'), 5);
  });

  it('lets the planner read keys with index-only scans, even if an older transaction was open for a while', async () => {
    // So few rows are faster to read without an index.
    await client.query('SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_indexscan = off');
    const { rows } = await client.query<Record<'QUERY PLAN', string>>(
      `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT id FROM orders WHERE tenant_id = $1 ORDER BY id`,
      [NORTHWIND.id],
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    assert.match(plan, /Index Only Scan using orders_tenant_id_id_key/);
    assert.match(plan, /Heap Fetches: 0$/m);
  });

  it('is kept when seeded again, and identical when recreated', async () => {
    const before = await fingerprint();
    assert.equal(await seedSampleData({ databaseUrl: database.url, orders: ORDERS, singleTenant: false }), 'unchanged');
    assert.equal(await seedSampleData({ databaseUrl: database.url, orders: 100, singleTenant: false }), 'seeded');
    assert.equal(await one('SELECT count(*)::int FROM orders'), 100);
    assert.equal(await seedSampleData({ databaseUrl: database.url, orders: ORDERS, singleTenant: false }), 'seeded');
    assert.equal(await fingerprint(), before);
  });

  it('belongs to one tenant on request', async () => {
    await seedSampleData({ databaseUrl: database.url, orders: 500, singleTenant: true });
    assert.equal(await one('SELECT count(DISTINCT tenant_id)::int FROM orders'), 1);
    assert.equal(await one('SELECT min(tenant_id::text) FROM transactions'), NORTHWIND.id);
  });

  it("never replaces a table that it didn't create", async () => {
    const other = await createDatabase();
    const stranger = new pg.Client({ connectionString: other.url });
    await stranger.connect();
    try {
      await stranger.query('CREATE TABLE orders (mine int)');
      await assert.rejects(
        seedSampleData({ databaseUrl: other.url, orders: 10, singleTenant: false }),
        /already has other tables named orders/,
      );
      await stranger.query('SELECT mine FROM orders');
    } finally {
      await stranger.end();
      await other.drop();
    }
  });
});
