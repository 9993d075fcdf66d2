import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { checkDataset, createRegistry, type Dataset } from '../../../shared/datasets/index.js';
import { checkDatasets } from '../../../shared/startup/check-datasets.js';
import { createPool } from '../../../shared/postgres.js';
import { Source } from '../../../shared/source/source.js';
import { openDatabase, type OpenDatabase } from '../../support/database.js';

const dataset = checkDataset({
  ...{ name: 'bills', title: 'Bills', schema: 'My Shop', table: 'bills', key: ['id'], tenantColumn: 'tenant' },
  columns: { id: { type: 'integer' }, 'paid at': { type: 'timestamptz' }, payer: { type: 'text' } },
  sorts: ['paid at', 'payer'],
});
const TABLE =
  '(id int PRIMARY KEY, tenant uuid NOT NULL, "paid at" timestamptz NOT NULL, payer text COLLATE "de-x-icu" NOT NULL)';
const statement = (columns: string, how = 'CONCURRENTLY '): string =>
  `CREATE INDEX ${how}ON "My Shop".bills (tenant, ${columns}, id);`;

describe('the dataset check for sorts', () => {
  let database: OpenDatabase;
  before(async () => {
    database = await openDatabase();
    await database.client.query('CREATE SCHEMA "My Shop"; SET search_path TO "My Shop"');
  });
  after(() => database.close());
  beforeEach(() => database.client.query('DROP TABLE IF EXISTS bills CASCADE'));

  async function inspect(url: string, checked: Dataset = dataset) {
    const pool = createPool(url, { max: 1, name: 'test', onIdleError: () => undefined });
    try {
      const { misfits, slowSorts, unavailable } = await checkDatasets(new Source(pool), createRegistry([checked]));
      assert.equal(unavailable, null);
      return { misfits, sentences: slowSorts.map(({ sentence }) => sentence) };
    } finally {
      await pool.end();
    }
  }
  const check = (...statements: string[]) => checkAs(dataset, ...statements);
  async function checkAs(checked: Dataset, ...statements: string[]) {
    for (const sql of statements) await database.client.query(sql);
    const { misfits, sentences } = await inspect(database.url, checked);
    return { misfits, slow: sentences.map((sentence) => /: run (.*)$/.exec(sentence)?.[1]) };
  }
  async function sentencesFor(role: string, checked: Dataset): Promise<string[]> {
    const url = Object.assign(new URL(database.url), { username: role, password: 'secret' });
    return (await inspect(url.href, checked)).sentences;
  }

  it('shows, for each column without an index, the statement that creates one', async () => {
    const { slow } = await check(`CREATE TABLE bills ${TABLE}`);
    assert.deepEqual(slow, [statement('"paid at"'), statement('payer')]);
    assert.deepEqual((await check(...slow.map(String))).slow, []);
  });

  it('accepts an index without the key, in either direction, also of a partitioned table', async () => {
    const partitioned = TABLE.replace('PRIMARY KEY', 'NOT NULL').replace(
      /\)$/,
      ', PRIMARY KEY (id)) PARTITION BY HASH (id)',
    );
    const { slow } = await check(`CREATE TABLE bills ${partitioned}`, 'CREATE INDEX ON bills (tenant, "paid at" DESC)');
    assert.deepEqual(slow, [statement('payer', '')]);
  });

  it('expects no tenant in the index of a dataset without one', async () => {
    const single = { ...dataset, tenantColumn: undefined };
    const { slow } = await checkAs(single, `CREATE TABLE bills ${TABLE}`, 'CREATE INDEX ON bills (payer)');
    assert.deepEqual(slow, [statement('"paid at"').replace('tenant, ', '')]);
    assert.deepEqual((await checkAs(single, ...slow.map(String))).slow, []);
  });

  it('ignores indexes that have another order, or not all rows', async () => {
    const { slow } = await check(
      `CREATE TABLE bills ${TABLE}`,
      'CREATE INDEX ON bills ("paid at", tenant)',
      `CREATE INDEX ON bills (tenant, "paid at") WHERE payer <> ''`,
      'CREATE INDEX ON bills (tenant, payer COLLATE "C")',
      'CREATE INDEX ON bills (tenant, payer text_pattern_ops)',
      'CREATE INDEX ON bills (tenant, lower(payer))',
    );
    assert.equal(slow.length, 2);
  });

  it('warns about comparisons that are not leakproof behind a policy, until they are', async () => {
    const role = `reader_${randomUUID().replaceAll('-', '')}`;
    const numbers: Dataset = { ...dataset, columns: { ...dataset.columns, payer: { type: 'numeric' } } };
    const found = await checkAs(
      numbers,
      `CREATE TABLE bills ${TABLE.replace('payer text COLLATE "de-x-icu"', 'payer numeric')}`,
      'CREATE INDEX ON bills (tenant, "paid at"); CREATE INDEX ON bills (tenant, payer)',
      'ALTER TABLE bills ENABLE ROW LEVEL SECURITY; CREATE POLICY some_rows ON bills USING (id > 0)',
      `CREATE ROLE ${role} LOGIN PASSWORD 'secret'; GRANT USAGE ON SCHEMA "My Shop" TO ${role}; GRANT SELECT ON bills TO ${role}`,
    );
    assert.deepEqual(found.slow, [], 'a superuser bypasses policies');
    try {
      assert.deepEqual(await sentencesFor(role, numbers), [
        'Exports of dataset bills that are sorted by payer will be slow, because PostgreSQL can\'t use an index to compare numeric values behind row-level security: see "Sorted exports" in docs/datasets.md.',
      ]);
      for (const name of ['numeric_lt', 'numeric_le', 'numeric_eq', 'numeric_ge', 'numeric_gt']) {
        await database.client.query(`ALTER FUNCTION ${name}(numeric, numeric) LEAKPROOF`);
      }
      assert.deepEqual(await sentencesFor(role, numbers), []);
    } finally {
      await database.client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it('warns about a view unless an index of its table gives the order, whatever the type of the tenant', async () => {
    for (const [type, tenant] of Object.entries({ uuid: 'gen_random_uuid()', bigint: '17', text: "'acme'" })) {
      await database.client.query('DROP TABLE IF EXISTS stored CASCADE');
      const view = await check(
        `CREATE TABLE stored ${TABLE.replace('tenant uuid', `tenant ${type}`)}`,
        `INSERT INTO stored SELECT n, ${tenant}, now(), 'x' || n FROM generate_series(1, 300) AS n; ANALYZE stored`,
        'CREATE TABLE IF NOT EXISTS names (payer text COLLATE "de-x-icu" PRIMARY KEY, name text)',
        'CREATE INDEX ON stored (tenant, "paid at")',
        'CREATE VIEW bills AS SELECT stored.*, name FROM stored LEFT JOIN names USING (payer)',
      );
      assert.deepEqual(view.slow, [undefined]);
      const { sentences } = await inspect(database.url);
      assert.deepEqual(sentences, [
        "Exports of dataset bills that are sorted by payer will be slow, because PostgreSQL can't find a segment's rows by an index: create an index on the view's table that has the tenant first and then this column. If there is one, see \"Sorted exports\" in docs/datasets.md.",
      ]);
      assert.deepEqual((await check('CREATE INDEX ON stored (tenant, payer, id)')).slow, []);
      await database.client.query('DROP VIEW bills');
    }
  });

  it('rejects a column that may be null', async () => {
    const { misfits } = await check(`CREATE TABLE bills ${TABLE}`, 'ALTER TABLE bills ALTER payer DROP NOT NULL');
    assert.deepEqual(misfits, [
      "Dataset bills: it can't sort by column payer, which may be null: declare the column NOT NULL, or remove it from sorts.",
    ]);
  });
});
