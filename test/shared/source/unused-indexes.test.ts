import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { z } from 'zod';
import { checkDataset, createRegistry, type Dataset } from '../../../shared/datasets/index.js';
import { ownedBy } from '../../../shared/datasets/owned-rows.js';
import { freezeQuery, segmentSql } from '../../../shared/datasets/query.js';
import { createPool } from '../../../shared/postgres.js';
import { readCatalog } from '../../../shared/source/read-catalog.js';
import { Source } from '../../../shared/source/source.js';
import { checkDatasets } from '../../../shared/startup/check-datasets.js';
import { openDatabase, type OpenDatabase } from '../../support/database.js';

const SORTS = { ts: 'timestamptz', num: 'numeric', txt: 'text', mood: 'text' } as const;
/** Their comparisons aren't leakproof. */
const LEAKY = ['num', 'mood'];
const TENANTS = {
  uuid: ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002'],
  numeric: ['1', '2'],
} as const;
/** Conditions of the table's policy. */
const POLICIES = {
  'that hides rows': 'NOT hidden',
  'for the tenant': "tenant = (SELECT current_setting('app.tenant_id', true)::type)",
};

const VIEWS = {
  plain: 'AS SELECT * FROM bills',
  barrier: 'WITH (security_barrier) AS SELECT * FROM bills WHERE NOT hidden',
  'around a barrier': 'AS SELECT * FROM barrier',
  invoker: 'WITH (security_invoker) AS SELECT * FROM bills',
  owned: 'AS SELECT * FROM bills',
  windowed: 'AS SELECT *, row_number() OVER (PARTITION BY tenant) AS n FROM bills',
  limited: 'AS SELECT * FROM bills LIMIT 1000000',
  joined: 'AS SELECT bills.*, title FROM bills LEFT JOIN titles USING (num)',
};

interface PlanNode {
  readonly 'Rows Removed by Filter'?: number | undefined;
  readonly Plans?: readonly PlanNode[] | undefined;
}
const node: z.ZodType<PlanNode> = z.looseObject({
  'Rows Removed by Filter': z.number().optional(),
  get Plans() {
    return z.array(node).optional();
  },
});
const removed = ({ 'Rows Removed by Filter': rows = 0, Plans = [] }: PlanNode): number =>
  rows + Plans.reduce((sum, plan) => sum + removed(plan), 0);

describe('the dataset check warns about exactly those sorts whose segments read other rows', function () {
  this.timeout(60_000);
  const [reader, owner] = ['reader', 'owner'].map((kind) => `${kind}_${randomUUID().replaceAll('-', '')}`);
  let database: OpenDatabase;
  let client: pg.Client;
  let url: string;
  before(async () => {
    database = await openDatabase();
    await database.client.query(
      `CREATE ROLE ${reader} LOGIN PASSWORD 'secret'; CREATE ROLE ${owner};
       CREATE TYPE mood AS ENUM ('calm', 'glad'); CREATE TABLE titles (num numeric PRIMARY KEY, title text)`,
    );
    url = Object.assign(new URL(database.url), { username: reader, password: 'secret' }).href;
    client = new pg.Client({ connectionString: url });
    await client.connect();
  });
  after(async () => {
    await client.end();
    await database.client.query(`DROP OWNED BY ${reader}, ${owner} CASCADE; DROP ROLE ${reader}, ${owner}`);
    await database.close();
  });

  const datasetOf = (table: string): Dataset =>
    checkDataset({
      ...{ name: 'bills', title: 'Bills', table, key: ['id'], tenantColumn: 'tenant' },
      columns: {
        id: { type: 'integer' },
        ...Object.fromEntries(Object.entries(SORTS).map(([name, type]) => [name, { type }])),
      },
      sorts: Object.keys(SORTS),
    });

  async function create(type: keyof typeof TENANTS, policy: string): Promise<void> {
    const { client: admin } = database;
    const [tenant, other] = TENANTS[type];
    await admin.query(
      `DROP TABLE IF EXISTS bills CASCADE;
       CREATE TABLE bills (id int PRIMARY KEY, tenant ${type} NOT NULL, ts timestamptz NOT NULL, num numeric NOT NULL,
         txt text COLLATE "de-x-icu" NOT NULL, mood mood NOT NULL, hidden bool NOT NULL DEFAULT false);
       INSERT INTO bills SELECT n, CASE n % 2 WHEN 0 THEN '${tenant}' ELSE '${other}' END::${type}, now() + n * interval '1 s',
         n, 'x' || n, CASE WHEN n < 100 THEN 'calm' ELSE 'glad' END::mood FROM generate_series(1, 400) AS n;
       ALTER TABLE bills ENABLE ROW LEVEL SECURITY;
       CREATE POLICY readers ON bills TO ${reader}, ${owner} USING (${policy.replace('type', type)})`,
    );
    for (const name of Object.keys(SORTS)) await admin.query(`CREATE INDEX ON bills (tenant, ${name}, id)`);
    for (const [name, definition] of Object.entries(VIEWS)) await admin.query(`CREATE VIEW "${name}" ${definition}`);
    await admin.query(
      `ANALYZE bills; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${reader}, ${owner}; ALTER VIEW owned OWNER TO ${owner}`,
    );
  }

  async function warnedAbout(dataset: Dataset): Promise<string[]> {
    const pool = createPool(url, { max: 1, name: 'test', onIdleError: () => undefined });
    try {
      const { slowSorts, unavailable } = await checkDatasets(new Source(pool), createRegistry([dataset]));
      assert.equal(unavailable, null);
      return slowSorts.map(({ column }) => column);
    } finally {
      await pool.end();
    }
  }

  /** Reads one segment of the tenant's rows, and sees whether PostgreSQL had to leave out others. */
  async function slowSortsOf(dataset: Dataset, tenantId: string): Promise<string[]> {
    const slow: string[] = [];
    const catalog = await readCatalog(client, dataset);
    assert(catalog !== null);
    const owned = ownedBy(dataset, { tenantId }, catalog.columns);
    const at = async (id: number, column: string): Promise<string[]> => {
      const { rows } = await database.client.query<{ value: string }>(
        `SELECT ${column}::text AS value FROM bills WHERE id = ${id}`,
      );
      return [rows[0]?.value ?? '', String(id)];
    };
    for (const sort of Object.keys(SORTS)) {
      const request = { type: 'bills', format: 'CSV', columns: ['id'], filters: {}, sort, options: {}, notify: {} };
      const query = freezeQuery(dataset, request, owned, (quoted) => quoted);
      const sql = segmentSql(query, await at(50, sort), await at(60, sort));
      await client.query(`BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL app.tenant_id = '${tenantId}'`);
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: unknown }] }>(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`,
      );
      await client.query('ROLLBACK');
      if (removed(node.parse(rows[0]?.['QUERY PLAN'][0].Plan)) > 0) slow.push(sort);
    }
    return slow;
  }

  for (const type of ['uuid', 'numeric'] as const) {
    for (const [what, policy] of Object.entries(POLICIES)) {
      it(`of a table or view with a ${type} tenant, behind a policy ${what}`, async () => {
        await create(type, policy);
        const warned: Record<string, string[]> = {};
        const slow: Record<string, string[]> = {};
        for (const relation of ['bills', ...Object.keys(VIEWS)]) {
          const dataset = datasetOf(relation);
          warned[relation] = await warnedAbout(dataset);
          slow[relation] = await slowSortsOf(dataset, TENANTS[type][0]);
        }
        assert.deepEqual(warned, slow);
        assert.deepEqual([slow.plain, slow.windowed], [[], Object.keys(SORTS)]);
        if (type === 'uuid') assert.deepEqual([slow.bills, slow.barrier], [LEAKY, LEAKY]);
      });
    }
  }

  it('of a view without an index, or with a column whose comparisons an operator declares leakproof', async () => {
    await create('uuid', POLICIES['that hides rows']);
    const barrier = datasetOf('barrier');
    await database.client.query('DROP INDEX bills_tenant_ts_id_idx');
    assert.deepEqual(await warnedAbout(barrier), ['ts', ...LEAKY]);
    for (const name of ['numeric_lt', 'numeric_le', 'numeric_eq', 'numeric_ge', 'numeric_gt']) {
      await database.client.query(`ALTER FUNCTION ${name}(numeric, numeric) LEAKPROOF`);
    }
    assert.deepEqual(await warnedAbout(barrier), ['ts', 'mood']);
    assert.deepEqual(await warnedAbout(datasetOf('bills')), ['ts', 'mood']);
  });
});
