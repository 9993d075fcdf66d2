import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import type { Dataset } from '../../../shared/datasets/index.js';
import { orders } from '../../../shared/datasets/orders.js';
import { assertSameBytes, exportFile } from '../../export-csv/compare.js';
import { copyOf } from '../../export-csv/reference.js';
import { queryRows } from '../../support/database.js';
import { describeDeeply, LONG } from '../../support/depth.js';
import { closeCleanly } from '../../support/leak-guard.js';
import { startService, someUser, type TestService } from '../../support/service.js';
import { savedFile } from '../contents.js';
import { edges, TYPES } from '../type-values.js';
import { createEdges, EDGE_COLUMNS, EDGE_ROWS } from './edges-table.js';
import { createEvents, EVENT_COLUMNS, events } from './events-table.js';
import { assertRowsBy, expectedColumn, expectedRows, type ExpectedColumn } from './expected.js';
import { convertToCsv, parquetPython, PARQUET_READERS } from './readers.js';
import { readByHyparquet } from './read-hyparquet.js';

const ROWS = LONG ? 1_000_000 : 100_000;
const SEGMENTS = 30;
const READ_ROWS = 20_000;

const ORDER_COLUMNS = Object.entries(orders.columns).map(([name, { type }]) =>
  expectedColumn(name, type, type === 'numeric'),
);

/** The rows of `edges`, many times. */
function repeatEdges(): string {
  const names = Object.keys(TYPES).join(', ');
  return `INSERT INTO edges (id, tenant_id, ${names}) SELECT id + ${EDGE_ROWS} * n, tenant_id, ${names}
    FROM edges, generate_series(1, ${Math.ceil(ROWS / EDGE_ROWS) - 1}) AS n`;
}

describeDeeply(`a Parquet file of ${ROWS.toLocaleString('en-US')} rows in many segments has the rows of`, function () {
  this.timeout(900_000);
  let service: TestService;
  const me = someUser();

  before(async () => {
    await parquetPython();
    service = await startService({
      ...{ orders: ROWS, singleTenant: true, datasets: [orders, events, edges] },
      tuning: { maxSegmentRows: Math.ceil(ROWS / SEGMENTS) },
    });
    await service.startWorker();
    await queryRows(service.databaseUrl, createEvents(me.tenantId, ROWS));
    await queryRows(service.databaseUrl, createEdges(me.tenantId));
    await queryRows(service.databaseUrl, repeatEdges());
  });
  after(() => closeCleanly(service));

  const cases: readonly (readonly [Dataset, readonly ExpectedColumn[]])[] = [
    [orders, ORDER_COLUMNS],
    [events, EVENT_COLUMNS],
    [edges, EDGE_COLUMNS],
  ];
  /** By hyparquet, which would take minutes for the whole file: the rows around the middle. */
  async function assertPart(file: string, dataset: Dataset, columns: readonly ExpectedColumn[]): Promise<void> {
    const [key, rowStart] = [dataset.key.join(', '), (ROWS - READ_ROWS) / 2];
    const ids = `SELECT ${key} FROM ${dataset.table} ORDER BY ${key} OFFSET ${rowStart} LIMIT ${READ_ROWS}`;
    const wanted = await expectedRows(service.databaseUrl, dataset, columns, `(${key}) IN (${ids})`);
    const rows = await readByHyparquet(file, { rowStart, rowEnd: rowStart + READ_ROWS });
    assertRowsBy({ name: 'hyparquet', isExact: false }, rows, columns, wanted);
  }

  for (const [dataset, columns] of cases) {
    it(`${dataset.name}, value for value, in every reader`, async () => {
      const names = columns.map(({ name }) => name);
      const { bytes, rows } = await exportFile(service, me, { type: dataset.name, format: 'parquet', columns: names });
      assert.ok(rows >= ROWS);
      const file = await savedFile(bytes, 'parquet');
      const items = columns.map(({ sql }) => sql).join(', ');
      const select = `SELECT ${items} FROM ${dataset.table} ORDER BY ${dataset.key.join(', ')}`;
      const settings = 'FORMAT csv, FORCE_QUOTE *';
      const wanted = await copyOf({ databaseUrl: service.databaseUrl, select, settings });
      for (const { name, isExact } of PARQUET_READERS) {
        if (!isExact) continue;
        const csv = `${file}.csv`;
        await convertToCsv(name, file, csv);
        assertSameBytes(await readFile(csv), wanted, name);
        await rm(csv);
      }
      await assertPart(file, dataset, columns);
      await rm(file);
    });
  }
});
