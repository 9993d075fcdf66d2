import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { CatalogDecimals } from '../../api/exports/catalog-decimals.js';
import { checkDataset, createRegistry, defineDataset } from '../../shared/datasets/index.js';
import { createPool, type Pool } from '../../shared/postgres.js';
import { choicesSchema } from '../../shared/request/choices-schema.js';
import { Source } from '../../shared/source/source.js';
import { queryRows } from '../support/database.js';
import { until } from '../support/exports.js';
import { Gate } from '../support/gate.js';
import { someone, startApi, type TestApi } from './support.js';

const IS_ANA = "current_setting('app.user_id') = 'ana'";
const size = { precision: 38, scale: 10 };

const prices = defineDataset({
  name: 'prices',
  title: 'Prices',
  table: 'prices',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'bigint' },
    place: { type: 'smallint' },
    total: { type: 'numeric' },
    any: { type: 'numeric' },
    long: { type: 'numeric' },
    declared: { type: 'numeric', ...size },
    born_on: { type: 'date', mask: 'year' },
    phone: { type: 'numeric', mask: 'last_4' },
    at: { type: 'timestamptz' },
  },
  computed: {
    gross: { type: 'numeric', from: ['total'], compute: ({ total }) => total },
    exact: { type: 'numeric', ...size, from: ['total'], compute: ({ total }) => total },
  },
});
const limited = checkDataset({
  ...prices,
  name: 'limited',
  columns: {
    id: { type: 'bigint' },
    masked: { type: 'numeric', permission: IS_ANA, unless: 'masked', mask: 'redact' },
    locked: { type: 'numeric', permission: IS_ANA, unless: 'locked', reason: 'Only for Ana.' },
  },
  computed: {},
});
const absent = checkDataset({ ...prices, name: 'absent', table: 'absent', computed: {} });

const TABLE = `CREATE TABLE prices (id bigint, place smallint, total numeric(12,2), "any" numeric, long numeric(39,2),
  declared numeric, born_on date, phone numeric(12,0), at timestamptz, masked numeric(5,1), locked numeric(5,1))`;

/** The types in a file created now, without those that only the database knows. */
const CERTAIN = {
  id: 'INT64',
  place: 'INT(16, SIGNED)',
  declared: 'DECIMAL(38, 10)',
  born_on: 'INT32',
  phone: 'STRING',
  at: 'TIMESTAMP(MICROS, UTC)',
  gross: 'STRING',
  exact: 'DECIMAL(38, 10)',
};
const KNOWN = { ...CERTAIN, total: 'DECIMAL(12, 2)', any: 'STRING', long: 'STRING' };

describe('the types of columns in files, in GET /v1/datasets,', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi({ registry: createRegistry([prices, limited, absent]) });
    await queryRows(api.databaseUrl, TABLE);
  });
  after(() => api.close());

  /** The Parquet types of a dataset's columns, in the order of the list; without those that have none. */
  async function typesIn(name: string, as = someone(), over = api): Promise<Record<string, string>> {
    const { status, json } = await over.ask('GET', '/v1/datasets', { as });
    assert.equal(status, 200);
    const dataset = choicesSchema.parse(json).datasets.find((listed) => listed.name === name);
    const types = dataset?.columns.map((column) => [column.name, column.file_types] as const) ?? [];
    for (const [, formats] of types) assert.deepEqual(Object.keys(formats ?? { PARQUET: '' }), ['PARQUET']);
    return Object.fromEntries(
      types.flatMap(([column, formats]) => Object.values(formats ?? {}).map((t) => [column, t])),
    );
  }

  it('are the ones in a file created now, also for masked, computed and unlimited columns', async () => {
    assert.deepEqual(await typesIn('prices'), KNOWN);
  });

  it('are the ones that the caller gets; a locked column has none', async () => {
    assert.deepEqual(await typesIn('limited'), { id: 'INT64', masked: 'STRING' });
    const ana = { ...someone(), userId: 'ana' };
    assert.deepEqual(await typesIn('limited', ana), {
      id: 'INT64',
      masked: 'DECIMAL(5, 1)',
      locked: 'DECIMAL(5, 1)',
    });
  });

  it('are missing for numeric columns whose table does not exist', async () => {
    const { gross: _gross, exact: _exact, ...certain } = CERTAIN;
    assert.deepEqual(await typesIn('absent'), certain);
  });

  for (const fault of ['hangs', 'refuses connections'] as const) {
    it(`are missing while the database ${fault} if only it knows them, and come back with it`, async () => {
      const url = new URL(api.databaseUrl);
      const gate = await Gate.before(url.hostname, Number(url.port));
      url.host = gate.address;
      const pool: Pool = createPool(url.href, { max: 1, name: 'test', onIdleError: () => undefined });
      const registry = createRegistry([prices]);
      const catalogDecimals = new CatalogDecimals(new Source(pool), registry, { warn: () => undefined });
      const other = await startApi({ registry, catalogDecimals });
      try {
        if (fault === 'hangs') gate.silence();
        else await gate.refuse();
        assert.deepEqual(await typesIn('prices', someone(), other), CERTAIN);
        await gate.open();
        const later = Date.now() + 11_000;
        const clock = mock.method(Date, 'now', () => later);
        try {
          // The attempt that hung may be over.
          await until('it is back', async () => 'total' in (await typesIn('prices', someone(), other)));
        } finally {
          clock.mock.restore();
        }
        assert.deepEqual(await typesIn('prices', someone(), other), KNOWN);
      } finally {
        await other.close();
        await gate.refuse();
        await pool.end();
      }
    });
  }
});
