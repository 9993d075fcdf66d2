import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '../../shared/datasets/index.js';
import { loadDatasets } from '../../shared/datasets/load.js';
import { BUILT_IN_DATASETS } from '../../shared/datasets/index.js';
import { newDataset } from '../../worker/new-dataset/new-dataset.js';
import { runProgram } from '../api/programs.js';
import { assertSameBytes, exportFile } from '../export-csv/compare.js';
import { copyOf } from '../export-csv/reference.js';
import { createDatabase, queryRows, type TestDatabase } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser } from '../support/service.js';
import { seedSampleData } from '../../dev/sample-data/seed.js';
import { AWKWARD_TABLE, AWKWARD_TABLES, REFUSED } from './awkward-tables.js';
import { newDatasetAdvice, type MadeDataset } from './new-dataset-advice.js';

/** Such as `total numeric(12,2)`. */
const typesOf = ({ columns }: Dataset): string[] =>
  Object.entries(columns).map(
    ([name, { type, precision, scale }]) =>
      `${name} ${type}${precision === undefined ? '' : `(${precision},${scale})`}`,
  );

describe('npm run dataset:new', () => {
  let database: TestDatabase;
  let folder: string;
  const me = someUser();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'export-new-dataset-'));
    database = await createDatabase();
    await seedSampleData({ databaseUrl: database.url, orders: 300, singleTenant: true });
    await queryRows(database.url, AWKWARD_TABLES);
  });
  after(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  let files = 0;
  const write = (...args: string[]): Promise<string> => writeFor(true, ...args);
  const writeFor = (hasTenants: boolean, ...args: string[]): Promise<string> =>
    newDataset(args, { databaseUrl: database.url, setting: 'DATABASE_URL', hasTenants });
  /** Writes a dataset, and loads it. */
  const made = (...args: string[]) => madeFor(true, ...args);
  async function madeFor(hasTenants: boolean, ...args: string[]): Promise<MadeDataset> {
    files += 1;
    const file = join(folder, `${files}.mjs`);
    const said = await writeFor(hasTenants, ...args, '--out', file);
    const hasTenantColumn = hasTenants && !args.includes('--no-tenant');
    const [dataset] = (await loadDatasets(file, hasTenantColumn)).values();
    assert.ok(dataset !== undefined);
    return { dataset, file, said };
  }

  it('writes what the sample datasets define for their tables, except for the tenant', async () => {
    for (const builtIn of BUILT_IN_DATASETS) {
      const { dataset, said } = await made(builtIn.table);
      assert.deepEqual(
        typesOf(dataset),
        typesOf(builtIn).filter((column) => !column.startsWith('tenant_id')),
      );
      const { name, key, userColumn } = builtIn;
      assert.deepEqual([dataset.name, dataset.key, dataset.userColumn], [name, key, userColumn]);
      assert.deepEqual(dataset.filters?.date_range, builtIn.filters?.date_range);
      assert.deepEqual([...(dataset.sorts ?? [])].sort(), [...(builtIn.sorts ?? [])].sort());
      assert.doesNotMatch(said, /No index starts/);
    }
    const { dataset } = await made('orders');
    assert.deepEqual(dataset.filters, {
      date_range: { kind: 'date_range', column: 'placed_at' },
      user_id: { kind: 'equals', column: 'user_id' },
      customer_id: { kind: 'equals', column: 'customer_id' },
      customer_name: { kind: 'contains', column: 'customer_name' },
      email: { kind: 'contains', column: 'email' },
      status: { kind: 'contains', column: 'status' },
      total: { kind: 'range', column: 'total' },
      currency: { kind: 'equals', column: 'currency' },
      quantity: { kind: 'range', column: 'quantity' },
      note: { kind: 'contains', column: 'note' },
      updated_at: { kind: 'date_range', column: 'updated_at' },
    });
  });

  deeply('generates a definition for awkward names, which is loaded and exported unchanged', async () => {
    const { dataset, file, said } = await made(AWKWARD_TABLE, '--tenant', 'Tenant "ID"');
    const { schema, table, key, name, title, columns, filters } = dataset;
    assert.deepEqual(
      { schema, table, key, name, title },
      {
        schema: 'My "Schema".x',
        table: `Größe, d'été.T`,
        key: [`the\\key'`, 'a.b'],
        name: 'grosse_d_ete_t',
        title: 'Größe d été t',
      },
    );
    assert.equal(columns.customerId?.label, 'Customer ID');
    assert.equal(columns.net?.type, 'inet');
    assert.equal(columns.tags?.type, 'other');
    assert.deepEqual(filters?.mood, { kind: 'one_of', column: 'mood', values: [`it's "fine"`, '山'] });
    assert.deepEqual(filters.date_range, { kind: 'date_range', column: 'placedAt' });
    assert.equal(filters.tags, undefined);
    // The others are nullable, or have no index after the tenant.
    assert.deepEqual(dataset.sorts, [`the\\key'`]);
    const text = await readFile(file, 'utf8');
    assert.match(text, /\/\/ Skipped price: `money` depends on the locale\. .+\.$/m);
    assert.match(said, /^Skipped __proto__: .*\nSkipped price: .*\nSkipped prices: /m);

    const service = await startService({
      orders: 100,
      datasets: [dataset],
      env: { SOURCE_DATABASE_URL: database.url },
    });
    await service.startWorker();
    await queryRows(
      database.url,
      `INSERT INTO ${AWKWARD_TABLE} SELECT $1, i, 'k' || i % 3, 0, i, 'x', 1, '{1}', '山', NULL, now(), now(), '{a}', true, 1, '10.0.0.0/8', '[]'
       FROM generate_series(1, 20) AS i`,
      [me.tenantId],
    );
    const file2 = await exportFile(service, me, { type: dataset.name, filters: { mood: ['山'] } });
    const names = Object.keys(columns).map((column) => `"${column.replaceAll('"', '""')}"`);
    const select = `SELECT ${names.join(', ')} FROM ${AWKWARD_TABLE} ORDER BY "the\\key'", "a.b"`;
    assertSameBytes(file2.bytes, await copyOf({ databaseUrl: database.url, select }), 'COPY');
    assert.equal(file2.rows, 20);
    await closeCleanly(service);
  });

  it('accepts a view with a given key, and a name in any spelling', async () => {
    const { dataset, said } = await made('paid', '--key', 'id');
    assert.deepEqual(dataset.key, ['id']);
    assert.match(
      said,
      /^A view has no index\. If it is large, its tables need one that starts with the tenant and the key\.$/m,
    );
    for (const written of ['Plain', '"Plain"', 'public.Plain', 'PUBLIC."Plain"']) {
      assert.equal((await made(written)).dataset.table, 'Plain', written);
    }
    assert.equal((await made('ORDERS')).dataset.table, 'orders');
  });

  it('records the precision and scale of numeric columns, in tables and views, where a definition can declare them', async () => {
    for (const args of [['sizes'], ['sized', '--key', 'id']]) {
      const { dataset } = await made(...args);
      assert.deepEqual(typesOf(dataset), [
        'id bigint',
        'price numeric(12,2)',
        'whole numeric(38,0)',
        'domain numeric(9,4)',
        'any numeric',
        'long numeric',
        'tiny numeric',
        'thousands numeric',
      ]);
    }
  });

  it('writes a definition without a tenant for a service with a single tenant', async () => {
    const explicit = await made('homeless', '--no-tenant');
    assert.match(explicit.said, /DATASETS_MODULE=.* and JWT_TENANT_CLAIM= \(empty\)$/);
    const bySetting = await madeFor(false, 'homeless');
    assert.match(bySetting.said, /DATASETS_MODULE=\S+\.mjs$/);
    for (const { dataset, file, said } of [explicit, bySetting]) {
      assert.deepEqual([dataset.tenantColumn, dataset.key], [undefined, ['id']]);
      assert.deepEqual(
        [dataset.sorts, Object.keys(dataset.columns)],
        [
          ['id', 'opened'],
          ['id', 'account', 'opened'],
        ],
      );
      assert.equal(dataset.filters?.date_range?.column, 'opened');
      assert.doesNotMatch(await readFile(file, 'utf8'), /tenant/i);
      assert.doesNotMatch(said, /No index/);
    }
    // A column named tenant_id is exported like any other, unless it is named as the tenant.
    assert.ok('tenant_id' in (await madeFor(false, 'orders')).dataset.columns);
    assert.equal((await madeFor(false, 'orders', '--tenant', 'tenant_id')).dataset.tenantColumn, 'tenant_id');
    const view = await made('paid', '--key', 'id', '--no-tenant');
    assert.match(view.said, /its tables need one that starts with the key\.$/m);
  });

  for (const [args, sentence] of REFUSED) {
    it(`rejects ${JSON.stringify(args)} with a clear message`, async () => {
      const file = join(folder, 'never.mjs');
      await assert.rejects(write(...args, '--out', file), { message: sentence });
      await assert.rejects(readFile(file));
    });
  }

  it('never overwrites a file', async () => {
    const file = join(folder, 'mine.mjs');
    await writeFile(file, 'mine');
    await assert.rejects(
      write('orders', '--out', file),
      /mine\.mjs already exists: name another file with --out FILE\.$/,
    );
    assert.equal(await readFile(file, 'utf8'), 'mine');
  });

  deeply('prints the next step, or exits with 1', async () => {
    const file = join(folder, 'printed.mjs');
    const done = await runProgram('worker/dataset-new.ts', ['orders', '--out', file], { DATABASE_URL: database.url });
    assert.deepEqual([done.code, done.stderr], [0, '']);
    assert.match(
      done.stdout,
      /: dataset orders, key \(id\), 12 columns, 11 filters, 3 sorts\.\n(?:.+\n)+Review .*DATASETS_MODULE=.*printed\.mjs\n$/,
    );
    const failed = await runProgram('worker/dataset-new.ts', ['orders'], {});
    assert.deepEqual([failed.code, failed.stdout], [1, '']);
    assert.match(failed.stderr, /^Set SOURCE_DATABASE_URL or DATABASE_URL .*\n$/);
  });

  newDatasetAdvice(made);
});
