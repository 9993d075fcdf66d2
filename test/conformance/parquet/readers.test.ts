import assert from 'node:assert/strict';
import { exportFile } from '../../export-csv/compare.js';
import { serviceVersion } from '../../../shared/process/service-version.js';
import { queryRows } from '../../support/database.js';
import { DEEP } from '../../support/depth.js';
import { closeCleanly } from '../../support/leak-guard.js';
import { startService, someUser, type TestService } from '../../support/service.js';
import { itTogether } from '../../support/together.js';
import { savedFile } from '../contents.js';
import { createEvents, EVENT_COLUMNS, events } from './events-table.js';
import { assertRows, expectedRows } from './expected.js';
import { parquetPython, PARQUET_READERS, structureOf } from './readers.js';

/** Rows of the table, and of a segment. */
const ROWS = 3_000;
const SEGMENT = 400;

describe('a Parquet file, read by other programs, has the rows of its table, value for value:', () => {
  let service: TestService;
  const me = someUser();

  before(async () => {
    await parquetPython();
    service = await startService({ orders: 100, datasets: [events], tuning: { maxSegmentRows: SEGMENT } });
    await service.startWorker();
    await queryRows(service.databaseUrl, createEvents(me.tenantId, ROWS));
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
      const wanted = await expectedRows(service.databaseUrl, events, EVENT_COLUMNS, where);
      const { file, rows } = await exported({ filters: { id: filters[size] }, options: { compression } });
      assert.equal(rows, wanted.length);
      await assertRows(file, EVENT_COLUMNS, wanted);
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

  it('has row groups no larger than the request allows', async () => {
    const { file } = await exported({ options: { row_group_rows: 1000 } });
    // A segment of 400 rows is a row group.
    assert.deepEqual((await structureOf(file)).groups, [400, 400, 400, 400, 400, 400, 400, 200]);
  });
});
