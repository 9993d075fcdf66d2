import assert from 'node:assert/strict';
import { parquetMetadata, type SchemaElement } from 'hyparquet';
import { defineDataset } from '../../../shared/datasets/index.js';
import { choicesSchema } from '../../../shared/request/choices-schema.js';
import { exportFile } from '../../export-csv/compare.js';
import { queryRows } from '../../support/database.js';
import { closeCleanly } from '../../support/leak-guard.js';
import { startService, someUser, type TestService } from '../../support/service.js';
import { edges } from '../type-values.js';
import { createEdges } from './edges-table.js';

const IS_SOMEBODY = "current_setting('app.user_id') = 'somebody'";
const size = { precision: 18, scale: 3 };
const amounts = defineDataset({
  name: 'amounts',
  title: 'Amounts',
  table: 'amounts',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'bigint' },
    total: { type: 'numeric' },
    unlimited: { type: 'numeric' },
    long: { type: 'numeric' },
    thousands: { type: 'numeric' },
    declared: { type: 'numeric', ...size },
    masked: { type: 'numeric', permission: IS_SOMEBODY, unless: 'masked', mask: 'last_4' },
    year: { type: 'date', mask: 'year' },
  },
  computed: {
    gross: { type: 'numeric', from: ['total'], compute: ({ total }) => total },
    exact: { type: 'numeric', ...size, from: ['total'], compute: ({ total }) => total },
  },
});
const CREATE_AMOUNTS = `CREATE TABLE amounts (id bigint PRIMARY KEY, tenant_id uuid, total numeric(12,2),
  unlimited numeric, long numeric(39,2), thousands numeric(5,-3), declared numeric, masked numeric(9,1), year date)`;

/** A column's type in a file, as the API writes it. */
function written({ type, logical_type: logical }: SchemaElement): string {
  if (logical === undefined) return String(type);
  switch (logical.type) {
    case 'INTEGER':
      return `INT(${logical.bitWidth}, ${logical.isSigned ? 'SIGNED' : 'UNSIGNED'})`;
    case 'DECIMAL':
      return `DECIMAL(${logical.precision}, ${logical.scale})`;
    case 'TIME':
    case 'TIMESTAMP':
      return `${logical.type}(${logical.unit}${logical.isAdjustedToUTC ? ', UTC' : ''})`;
    default:
      return logical.type;
  }
}

describe('the Parquet types in GET /v1/datasets are those of a file that is made now,', () => {
  let service: TestService;
  const me = someUser();

  before(async () => {
    service = await startService({ orders: 100, datasets: [edges, amounts] });
    await service.startWorker();
    await queryRows(service.databaseUrl, createEdges(me.tenantId));
    await queryRows(service.databaseUrl, CREATE_AMOUNTS);
  });
  after(() => closeCleanly(service));

  for (const [what, type] of [
    ['for every type of column', 'edges'],
    ['for masked, computed, declared and unlimited columns, in a file without rows', 'amounts'],
  ] as const) {
    it(what, async () => {
      const { json } = await service.ask('GET', '/v1/datasets', { as: me });
      const dataset = choicesSchema.parse(json).datasets.find(({ name }) => name === type);
      const listed = dataset?.columns.map(({ name, file_types: types }) => [name, types?.PARQUET]);
      const { bytes } = await exportFile(service, me, { type, format: 'parquet' });
      const [, ...columns] = parquetMetadata(new Uint8Array(bytes).buffer).schema;
      assert.deepEqual(
        listed,
        columns.map((column) => [column.name, written(column)]),
      );
    });
  }
});
