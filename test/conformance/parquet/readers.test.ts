import assert from 'node:assert/strict';
import { defineDataset } from '../../../shared/datasets/index.js';
import { exportFile } from '../../export-csv/compare.js';
import { serviceVersion } from '../../../shared/process/service-version.js';
import { queryRows } from '../../support/database.js';
import { DEEP } from '../../support/depth.js';
import { closeCleanly } from '../../support/leak-guard.js';
import { startService, someUser, type TestService } from '../../support/service.js';
import { itTogether } from '../../support/together.js';
import { savedFile } from '../contents.js';
import { assertRows, expectedColumn, expectedRows } from './expected.js';
import { parquetPython, PARQUET_READERS, structureOf } from './readers.js';

/** Rows of the table, and of a segment. */
const ROWS = 3_000;
const SEGMENT = 400;

const events = defineDataset({
  name: 'events',
  title: 'Events',
  table: 'events',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'bigint' },
    owner: { type: 'uuid' },
    kind: { type: 'text' },
    note: { type: 'text' },
    amount: { type: 'numeric' },
    balance: { type: 'numeric' },
    ratio: { type: 'double precision' },
    flag: { type: 'boolean' },
    day: { type: 'date' },
    at: { type: 'timestamptz' },
    nothing: { type: 'integer' },
    document: { type: 'jsonb' },
  },
  filters: { id: { kind: 'range', column: 'id' } },
  sorts: ['at'],
});
const COLUMNS = Object.entries(events.columns).map(([name, { type }]) =>
  expectedColumn(name, type, type === 'numeric'),
);

/** Values in many orders, and rows of nulls, which take whole pages in small files. */
const CREATE = (tenantId: string): string => `
  CREATE TABLE events (id bigint PRIMARY KEY, tenant_id uuid NOT NULL, owner uuid, kind text, note text, amount numeric(12, 2),
    balance numeric(38, 10), ratio float8, flag boolean, day date, at timestamptz NOT NULL, nothing integer, document jsonb);
  CREATE INDEX ON events (tenant_id, at, id);
  INSERT INTO events SELECT i * 7 - 5000, '${tenantId}', CASE WHEN h % 5 > 0 THEN md5((h % 40)::text)::uuid END,
    (ARRAY['opened', 'closed', NULL, 'with ''quotes'' and 山'])[1 + h % 4],
    CASE h % 6 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN repeat('long text ', h % 50) || '🙂' ELSE md5(i::text) END,
    CASE h % 9 WHEN 0 THEN NULL WHEN 1 THEN 9999999999.99 WHEN 2 THEN -9999999999.99 ELSE (h % 100000 - 50000) * 0.01 END,
    CASE h % 9 WHEN 0 THEN NULL WHEN 1 THEN 9999999999999999999999999999.9999999999 WHEN 2 THEN -0.0000000001 ELSE h * -123456789.123456789 END,
    CASE h % 8 WHEN 0 THEN NULL WHEN 1 THEN 'NaN' WHEN 2 THEN '-Infinity' WHEN 3 THEN '-0' ELSE h / 7.0 END,
    CASE WHEN i > 1000 THEN h % 2 = 0 END, date '2000-01-01' + (h % 40000 - 20000), timestamptz '2026-01-01' + i * interval '1 hour 0.123457 seconds',
    NULL, CASE WHEN h % 3 > 0 THEN jsonb_build_object('i', i, 'name', 'Łukasz "x"') END
  FROM (SELECT i, abs(hashint8(i)) / 2 AS h FROM generate_series(1, ${ROWS}) AS i) AS numbers`;

describe('a Parquet file, read by other programs, has the rows of its table, value for value:', () => {
  let service: TestService;
  const me = someUser();

  before(async () => {
    await parquetPython();
    service = await startService({ orders: 100, datasets: [events], tuning: { maxSegmentRows: SEGMENT } });
    await service.startWorker();
    await queryRows(service.databaseUrl, CREATE(me.tenantId));
  });
  after(() => closeCleanly(service));

  async function exported(body: object): Promise<{ file: string; rows: number; jobId: string }> {
    const { bytes, ...made } = await exportFile(
      service,
      { ...me, userId: someUser().userId },
      {
        ...{ type: 'events', format: 'parquet' },
        ...body,
      },
    );
    return { file: await savedFile(bytes, 'parquet'), ...made };
  }
  const sizes = {
    'no rows': 'id > 999999',
    'one row': 'id = 2',
    'one segment': 'id <= -3000',
    'many segments': 'true',
  };
  const filters: Readonly<Record<string, object>> = {
    'no rows': { gt: 999_999 },
    'one row': { gte: 2, lte: 2 },
    'one segment': { lte: -3000 },
    'many segments': { gte: -999_999 },
  };
  const compressions = DEEP ? ['snappy', 'zstd', 'gzip', 'none'] : ['snappy', 'zstd'];
  const cases = Object.entries(sizes).flatMap(([size, where]) =>
    (size === 'many segments' ? compressions : ['snappy']).map((compression) => ({ size, where, compression })),
  );
  itTogether(cases, {
    title: ({ size, compression }) => `${size}, compression ${compression}`,
    work: async ({ size, where, compression }) => {
      const wanted = await expectedRows(service.databaseUrl, events, COLUMNS, where);
      const { file, rows } = await exported({ filters: { id: filters[size] }, options: { compression } });
      assert.equal(rows, wanted.length);
      await assertRows(file, COLUMNS, wanted);
    },
  });

  it('has the same schema without rows', async () => {
    const [none, all] = await Promise.all([exported({ filters: { id: { gt: 999_999 } } }), exported({})]);
    assert.deepEqual((await structureOf(none.file)).schema, (await structureOf(all.file)).schema);
  });

  it('names columns as the request does, and sorts rows', async () => {
    const columns = [{ name: 'id', as: 'Number "1"' }, 'kind', { name: 'at', as: 'wann.山' }];
    const { file } = await exported({ columns, filters: { id: { lte: -4000 } } });
    assert.deepEqual(
      (await structureOf(file)).schema.map(([name]) => name),
      ['Number "1"', 'kind', 'wann.山'],
    );
    for (const { read } of PARQUET_READERS) {
      const rows = await read(file);
      assert.deepEqual([rows[0]?.[0], rows.at(-1)?.[0], rows.length], ['-4993', '-4006', 142]);
    }
  });

  it('says which rows it has, and how each row group is sorted', async () => {
    const filters = { id: { gte: -4500, lte: 2000 } };
    const columns = ['note', { name: 'at', as: 'wann' }, 'id'];
    const { file, jobId } = await exported({ columns, filters, sort: '-at' });
    const { groups, sorted_by: sorted, metadata } = await structureOf(file);
    assert.deepEqual(groups, [400, 400, 129]);
    const order = [
      ['wann', true],
      ['id', true],
    ];
    assert.deepEqual(sorted, [order, order, order]);
    const about = (key: string): unknown => JSON.parse(metadata[`export.${key}`] ?? 'null');
    assert.deepEqual([metadata['export.dataset'], metadata['export.title']], ['events', 'Events']);
    assert.deepEqual(about('filters'), filters);
    assert.deepEqual(about('columns'), [
      { key: 'note', name: 'note', label: 'note', type: 'text' },
      { key: 'wann', name: 'at', label: 'wann', type: 'timestamptz' },
      { key: 'id', name: 'id', label: 'id', type: 'bigint' },
    ]);
    const [{ plannedAt } = { plannedAt: '' }] = await queryRows<{ plannedAt: string }>(
      service.databaseUrl,
      `SELECT plan->>'plannedAt' AS "plannedAt" FROM export_jobs WHERE job_id = $1`,
      [jobId],
    );
    assert.equal(metadata['export.planned_at'], plannedAt);
    assert.equal(metadata['export.service_version'], serviceVersion());
  });

  it('has row groups of at most the rows that the request sets', async () => {
    const { file } = await exported({ options: { row_group_rows: 1000 } });
    // A segment of 400 rows is a row group.
    assert.deepEqual((await structureOf(file)).groups, [400, 400, 400, 400, 400, 400, 400, 200]);
  });
});
