import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { CatalogDecimals } from '../../api/exports/catalog-decimals.js';
import { createRegistry, defineDataset } from '../../shared/datasets/index.js';
import { createPool, type Pool } from '../../shared/postgres.js';
import { Source } from '../../shared/source/source.js';
import { openDatabase, type OpenDatabase } from '../support/database.js';
import { until } from '../support/exports.js';
import { Gate } from '../support/gate.js';

const common = { title: 'T', key: ['id'], columns: { id: { type: 'bigint' }, total: { type: 'numeric' } } } as const;
const registry = createRegistry([
  defineDataset({ ...common, name: 'prices', table: 'prices' }),
  defineDataset({ ...common, name: 'same_prices', schema: 'public', table: 'prices' }),
  defineDataset({ ...common, name: 'view', table: 'price_view' }),
  defineDataset({ ...common, name: 'absent', table: 'absent' }),
  defineDataset({
    ...{ ...common, name: 'declared', table: 'prices' },
    columns: { id: { type: 'bigint' }, total: { type: 'numeric', precision: 12, scale: 2 } },
  }),
]);

describe('what the API knows about numeric columns', () => {
  let database: OpenDatabase;
  let gate: Gate;
  let pool: Pool;
  let source: Source;
  const open: Pool[] = [];

  beforeEach(async () => {
    database = await openDatabase();
    await database.client.query(
      'CREATE TABLE prices (id bigint, total numeric(12,2)); CREATE VIEW price_view AS SELECT * FROM prices',
    );
    const url = new URL(database.url);
    gate = await Gate.before(url.hostname, Number(url.port));
    url.host = gate.address;
    pool = createPool(url.href, { max: 1, name: 'test', onIdleError: () => undefined, connectTimeoutMs: 1500 });
    source = new Source(pool);
    open.push(pool);
  });
  afterEach(async () => {
    await gate.refuse();
    await pool.end();
    await database.close();
  });

  let asked = 0;
  const warnings: string[] = [];
  function start(datasets = registry): CatalogDecimals {
    asked = 0;
    warnings.length = 0;
    const counted = {
      catalogs: (...args: Parameters<Source['catalogs']>) => {
        asked++;
        return source.catalogs(...args);
      },
    };
    return new CatalogDecimals(counted, datasets, { warn: (_: object, line?: string) => warnings.push(String(line)) });
  }
  /** Its answer, as precisions and scales by dataset. */
  async function known(decimals: CatalogDecimals): Promise<Record<string, string>> {
    const columns = [...(await decimals.columns())].map(([dataset, found]): [string, string] => [
      dataset,
      [...found].map(([name, { precision, scale }]) => `${name} ${precision},${scale}`).join(),
    ]);
    return Object.fromEntries(columns);
  }
  /** Its answer this many seconds later. Calls must not overlap, because they set the clock. */
  async function knownAfter(seconds: number, decimals: CatalogDecimals): Promise<Record<string, string>> {
    const later = Date.now() + 1000 * seconds;
    const clock = mock.method(Date, 'now', () => later);
    try {
      return await known(decimals);
    } finally {
      clock.mock.restore();
    }
  }
  const BEFORE = { prices: 'total 12,2', same_prices: 'total 12,2', view: 'total 12,2' };
  const AFTER = { prices: 'total 14,4', same_prices: 'total 14,4', view: 'total 14,4' };
  const alter = (): Promise<unknown> =>
    database.client.query(
      'DROP VIEW price_view; ALTER TABLE prices ALTER total TYPE numeric(14,4); CREATE VIEW price_view AS SELECT * FROM prices',
    );

  it('is read in one query for all requests and all datasets whose definition leaves it to the database', async () => {
    const decimals = start();
    const answers = await Promise.all(Array.from({ length: 5 }, () => known(decimals)));
    assert.deepEqual(answers, Array(5).fill(BEFORE));
    assert.deepEqual(await known(decimals), BEFORE);
    assert.deepEqual([asked, warnings], [1, []]);
  });

  it('is never read if definitions declare everything', async () => {
    const declared = registry.get('declared') ?? assert.fail();
    assert.deepEqual(await known(start(createRegistry([declared]))), {});
    assert.equal(asked, 0);
  });

  it('is at most a minute old, and is refreshed in the background after half of that', async () => {
    const decimals = start();
    await known(decimals);
    await alter();
    assert.deepEqual(await knownAfter(29, decimals), BEFORE);
    assert.equal(asked, 1);
    assert.deepEqual(await knownAfter(61, decimals), AFTER);
    assert.equal(asked, 2);
    // Does not wait for the refresh that it starts.
    gate.silence();
    assert.deepEqual(await knownAfter(100, decimals), AFTER);
    assert.equal(asked, 3);
  });

  for (const fault of ['hangs', 'refuses connections'] as const) {
    it(`is unknown while the database ${fault}, without a query for every request`, async () => {
      const decimals = start();
      await known(decimals);
      if (fault === 'hangs') gate.silence();
      else await gate.refuse();
      assert.deepEqual(await knownAfter(61, decimals), {});
      assert.deepEqual(await knownAfter(62, decimals), {});
      assert.equal(asked, 2);
      await gate.open();
      // The next attempt is ten seconds after one that failed.
      await until('it is known again', async () => 'prices' in (await knownAfter(72, decimals)));
      assert.deepEqual(await knownAfter(72, decimals), BEFORE);
    });
  }
});
