import assert from 'node:assert/strict';
import { z } from 'zod';
import { Permissions } from '../../api/access/permissions.js';
import { customers } from '../../shared/datasets/customers.js';
import { createPool } from '../../shared/postgres.js';
import { choicesSchema } from '../../shared/request/choices-schema.js';
import { Source } from '../../shared/source/source.js';
import { checkDataset, createRegistry, defineDataset } from '../../shared/datasets/index.js';
import { csv } from '../../shared/formats/csv/csv.js';
import { BUNDLE_FORMATS, FORMATS } from '../../shared/formats/index.js';
import { someone, startApi, type TestApi } from './support.js';

const parcels = defineDataset({
  name: 'parcels',
  title: 'Parcels',
  table: 'parcels',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'bigint', label: 'Number' },
    sent_at: { type: 'timestamptz' },
    state: { type: 'text', description: 'Where it is' },
    weight: { type: 'numeric', hidden: true, format: 'currency', currency: 'EUR' },
    sender: { type: 'uuid' },
  },
  filters: {
    date_range: { kind: 'date_range', column: 'sent_at' },
    state: { kind: 'one_of', column: 'state', values: ['new', 'sent'] },
  },
  sorts: ['sent_at'],
});

const answer = z.strictObject({
  datasets: z.array(z.unknown()),
  bundles: z.array(z.unknown()),
  formats: z.array(z.looseObject({ name: z.string() })),
});

const inParquet = (type: string) => ({ file_types: { PARQUET: type } });

const PINO_LEVELS = { warn: 40, error: 50 };

describe('GET /v1/datasets', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi({ registry: createRegistry([parcels]) });
  });
  after(() => api.close());

  it('lists what callers without permissions may have while permissions cannot be checked, and logs why', async () => {
    const registry = createRegistry([customers]);
    const nowhere = createPool('postgres://127.0.0.1:1/none', { max: 1, name: 'test', onIdleError: () => undefined });
    const causes = {
      // The job database has no table of accountants.
      error: await startApi({ registry }),
      warn: await startApi({ registry, permissions: new Permissions(new Source(nowhere), registry) }),
    };
    for (const [level, limited] of Object.entries(causes) as [keyof typeof causes, TestApi][]) {
      const { status, json } = await limited.ask('GET', '/v1/datasets', { as: someone() });
      assert.equal(status, 200);
      const [listed] = choicesSchema.parse(json).datasets;
      assert.equal(listed?.rights_unknown, true);
      assert.equal(listed.columns.find(({ name }) => name === 'credit_limit')?.locked, true);
      const line = limited.logLines.find(({ msg }) => msg === 'permissions cannot be checked');
      assert.equal(line?.level, PINO_LEVELS[level]);
      await limited.close();
    }
    await nowhere.end();
  });

  it('lists datasets and formats, with the types of columns, filters and options', async () => {
    const { status, json } = await api.ask('GET', '/v1/datasets', { as: someone() });
    assert.equal(status, 200);
    const { datasets, bundles, formats } = answer.parse(json);
    assert.deepEqual(bundles, []);
    assert.deepEqual(
      formats.map(({ name }) => name),
      [...FORMATS.keys()],
    );
    assert.deepEqual(
      { datasets, formats: formats.slice(0, 1) },
      {
        datasets: [
          {
            name: 'parcels',
            title: 'Parcels',
            columns: [
              { name: 'id', type: 'bigint', label: 'Number', ...inParquet('INT64'), hidden: false, opt_in_formats: [] },
              {
                ...{ name: 'sent_at', type: 'timestamptz', label: 'sent_at', ...inParquet('TIMESTAMP(MICROS, UTC)') },
                ...{ hidden: false, opt_in_formats: [] },
              },
              {
                ...{ name: 'state', type: 'text', label: 'state', description: 'Where it is' },
                ...{ ...inParquet('STRING'), hidden: false, opt_in_formats: [] },
              },
              {
                ...{ name: 'weight', type: 'numeric', label: 'weight', format: 'currency', currency: 'EUR' },
                ...{ hidden: true, opt_in_formats: [...FORMATS.keys()] },
              },
              {
                ...{ name: 'sender', type: 'uuid', label: 'sender', ...inParquet('UUID') },
                ...{ hidden: false, opt_in_formats: ['PDF'] },
              },
            ],
            filters: [
              { name: 'date_range', kind: 'date_range', column: 'sent_at' },
              { name: 'state', kind: 'one_of', column: 'state', values: ['new', 'sent'] },
            ],
            sorts: ['sent_at'],
          },
        ],
        formats: [
          {
            name: 'CSV',
            extension: 'csv',
            media_type: 'text/csv; charset=utf-8',
            options: z.toJSONSchema(csv.options, { io: 'input' }),
          },
        ],
      },
    );
  });

  it('lists what an account export contains, if datasets have a user column', async () => {
    const own = checkDataset({ ...parcels, name: 'letters', title: 'Letters', userColumn: 'owner' });
    const other = await startApi({ registry: createRegistry([parcels, own]) });
    const { json } = await other.ask('GET', '/v1/datasets', { as: someone() });
    await other.close();
    const { bundles } = answer.parse(json);
    assert.deepEqual(bundles, [
      { name: 'account', title: 'Account', datasets: [{ name: 'letters', title: 'Letters' }], formats: BUNDLE_FORMATS },
    ]);
  });
});
