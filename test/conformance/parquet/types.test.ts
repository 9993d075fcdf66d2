import assert from 'node:assert/strict';
import type { ColumnType } from '../../../shared/datasets/define-dataset.js';
import { exportFile } from '../../export-csv/compare.js';
import { createDatabase, queryRows, withSettings, type TestDatabase } from '../../support/database.js';
import { untilEnded } from '../../support/exports.js';
import { closeCleanly } from '../../support/leak-guard.js';
import { startService, someUser, type TestService } from '../../support/service.js';
import { savedFile } from '../contents.js';
import { edges, TYPES } from '../type-values.js';
import { createEdges, DECIMAL_EDGES, EDGE_COLUMNS, EDGE_ROWS } from './edges-table.js';
import { assertRows, expectedRows } from './expected.js';
import { parquetPython, structureOf } from './readers.js';

/** The type of each column in the file, in the words of pyarrow. */
const PARQUET_TYPES: Readonly<Record<ColumnType, string>> = {
  smallint: 'Int(bitWidth=16, isSigned=true)',
  integer: 'INT32',
  bigint: 'INT64',
  numeric: 'String',
  real: 'FLOAT',
  'double precision': 'DOUBLE',
  boolean: 'BOOLEAN',
  text: 'String',
  char: 'String',
  uuid: 'UUID',
  date: 'Date',
  time: 'Time(isAdjustedToUTC=false, timeUnit=microseconds)',
  timestamp: timestamps(false),
  timestamptz: timestamps(true),
  interval: 'String',
  inet: 'String',
  json: 'String',
  jsonb: 'JSON',
  other: 'String',
};

function timestamps(isUtc: boolean): string {
  const derived = 'is_from_converted_type=false, force_set_converted_type=false';
  return `Timestamp(isAdjustedToUTC=${isUtc}, timeUnit=microseconds, ${derived})`;
}

describe('Parquet has values of every type as PostgreSQL has them,', () => {
  let service: TestService;
  let source: TestDatabase;
  let file: string;
  let warnings: unknown;
  const me = someUser();

  before(async () => {
    await parquetPython();
    source = await createDatabase();
    // Server settings must not affect a file.
    const foreign = '-c DateStyle=German -c IntervalStyle=sql_standard -c bytea_output=escape -c extra_float_digits=0';
    const env = { SOURCE_DATABASE_URL: withSettings(source.url, foreign) };
    service = await startService({ orders: 100, datasets: [edges], env, tuning: { maxSegmentRows: 4 } });
    await service.startWorker();
    await queryRows(source.url, createEdges(me.tenantId));
    const exported = await exportFile(service, me, { type: 'edges', format: 'parquet' });
    file = await savedFile(exported.bytes, 'parquet');
    ({ warnings } = await untilEnded(service, me, exported.jobId));
  });
  after(async () => {
    await closeCleanly(service);
    await source.drop();
  });

  it('read by pyarrow, polars, DuckDB and hyparquet', async () => {
    const wanted = await expectedRows(withSettings(source.url, '-c TimeZone=UTC'), edges, EDGE_COLUMNS);
    assert.equal(wanted.length, EDGE_ROWS);
    await assertRows(file, EDGE_COLUMNS, wanted);
  });

  it('with the documented types', async () => {
    const types = Object.entries(TYPES).map(([name, { declared, sqlType }]) => {
      const [precision, scale] = sqlType === 'numeric(10, 2)' ? [10, 2] : [12, 2];
      const decimal = `Decimal(precision=${precision}, scale=${scale})`;
      return [name, DECIMAL_EDGES.includes(name) ? decimal : PARQUET_TYPES[declared]];
    });
    assert.deepEqual((await structureOf(file)).schema, types);
  });

  it('and counts those that it cannot represent', () => {
    // Infinite days and times, times after 294246, 24:00, and NaN in decimals.
    const message = "11 values are null because Parquet can't represent them (such as infinite dates).";
    assert.deepEqual(warnings, [{ code: 'PARQUET_VALUES_LOST', message, count: 11 }]);
  });
});
