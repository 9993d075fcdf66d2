import assert from 'node:assert/strict';
import pg from 'pg';
import type { ColumnType, Dataset } from '../../../shared/datasets/define-dataset.js';
import { queryRows } from '../../support/database.js';
import { PARQUET_READERS, type ParquetReader } from './readers.js';

/** A column of a file, and an SQL expression for what the file should hold, in the form of read.py. */
export interface ExpectedColumn {
  readonly name: string;
  readonly sql: string;
  readonly isDecimal: boolean;
}

/** @param isDecimal whether it is numeric with a precision */
export const expectedColumn = (name: string, type: ColumnType, isDecimal = false): ExpectedColumn => ({
  name,
  sql: cellSql(pg.escapeIdentifier(name), type, isDecimal),
  isDecimal,
});

/** A column in the form in which read.py prints what a Parquet file holds: see there. */
function cellSql(quoted: string, type: ColumnType, isDecimal: boolean): string {
  switch (type) {
    case 'timestamp':
    case 'timestamptz': {
      const microseconds = `(extract(epoch FROM ${quoted}) * 1000000)::numeric(30, 0)`;
      return `CASE WHEN isfinite(${quoted}) AND ${microseconds} < 9223372036854775808 THEN ${microseconds}::text END`;
    }
    case 'date':
      return `CASE WHEN isfinite(${quoted}) THEN (${quoted} - date '1970-01-01')::text END`;
    case 'time':
      return `CASE WHEN ${quoted} < '24:00' THEN (extract(epoch FROM ${quoted}) * 1000000)::bigint::text END`;
    case 'real':
      return `CASE WHEN ${quoted} = 'NaN' THEN 'nan' ELSE encode(float4send(${quoted}), 'hex') END`;
    case 'double precision':
      return `CASE WHEN ${quoted} = 'NaN' THEN 'nan' ELSE encode(float8send(${quoted}), 'hex') END`;
    case 'boolean':
      return `${quoted}::text`;
    case 'numeric':
      return isDecimal ? `nullif(${quoted}, 'NaN')::text` : `${quoted}::text`;
    default:
      // `IS NULL` is also true for a row of nulls, and a cast drops the padding of a char(n).
      return `CASE WHEN num_nulls(${quoted}) = 0 THEN format('%s', ${quoted}) END`;
  }
}

type Rows = readonly (readonly (string | null)[])[];

/** The expected contents of a file of these rows, in the order of their key. */
export async function expectedRows(
  databaseUrl: string,
  { table, key }: Pick<Dataset, 'table' | 'key'>,
  columns: readonly ExpectedColumn[],
  where = 'true',
): Promise<Rows> {
  const items = columns.map(({ sql }) => sql).join(', ');
  const sql = `SELECT ARRAY[${items}] AS cells FROM ${table} WHERE ${where} ORDER BY ${key.join(', ')}`;
  return (await queryRows<{ cells: (string | null)[] }>(databaseUrl, sql)).map(({ cells }) => cells);
}

/** Fails with the first cell that a reader reads differently, instead of printing all rows. */
export async function assertRows(file: string, columns: readonly ExpectedColumn[], wanted: Rows): Promise<void> {
  for (const reader of PARQUET_READERS) assertRowsBy(reader, await reader.read(file), columns, wanted);
}

/** Fails with the first cell of these rows that a reader has read differently. */
export function assertRowsBy(
  reader: Pick<ParquetReader, 'name' | 'isExact'>,
  rows: Rows,
  columns: readonly ExpectedColumn[],
  wanted: Rows,
): void {
  assert.equal(rows.length, wanted.length, reader.name);
  for (const [row, cells] of wanted.entries()) {
    for (const [index, { name, isDecimal }] of columns.entries()) {
      const [actual, expected = null] = [rows[row]?.[index], cells[index]];
      const isEqual = isDecimal && !reader.isExact ? isClose(actual, expected) : actual === expected;
      if (!isEqual) assert.equal(actual, expected, `${reader.name}: ${name}, row ${row}`);
    }
  }
}

/** The most that a reader's doubles differ from decimals, in proportion. */
const ROUNDING = 1e-14;

function isClose(actual: string | null | undefined, expected: string | null): boolean {
  if (expected === null || actual === null || actual === undefined) return actual === expected;
  return Math.abs(Number(actual) - Number(expected)) <= Math.abs(Number(expected)) * ROUNDING;
}
