import assert from 'node:assert/strict';
import { z } from 'zod';
import { createRegistry, defineDataset } from '../../shared/datasets/index.js';
import { csv } from '../../shared/formats/csv.js';
import { FORMATS } from '../../shared/formats/index.js';
import { someone, startApi, type TestApi } from './support.js';

const parcels = defineDataset({
  name: 'parcels',
  title: 'Parcels',
  table: 'parcels',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: { id: { type: 'bigint', label: 'Number' }, sent_at: { type: 'timestamptz' }, state: { type: 'text' } },
  filters: {
    date_range: { kind: 'date_range', column: 'sent_at' },
    state: { kind: 'one_of', column: 'state', values: ['new', 'sent'] },
  },
});

const answer = z.strictObject({
  datasets: z.array(z.unknown()),
  formats: z.array(z.looseObject({ name: z.string() })),
});

describe('GET /v1/datasets', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi({ registry: createRegistry([parcels]) });
  });
  after(() => api.close());

  it('lists what can be asked for, with the types of columns, filters and options', async () => {
    const { status, json } = await api.ask('GET', '/v1/datasets', { as: someone() });
    assert.equal(status, 200);
    const { datasets, formats } = answer.parse(json);
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
              { name: 'id', type: 'bigint', label: 'Number' },
              { name: 'sent_at', type: 'timestamptz', label: 'sent_at' },
              { name: 'state', type: 'text', label: 'state' },
            ],
            filters: [
              { name: 'date_range', kind: 'date_range', column: 'sent_at' },
              { name: 'state', kind: 'one_of', column: 'state', values: ['new', 'sent'] },
            ],
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
});
