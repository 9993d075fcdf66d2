import type { ColumnType } from '../../../shared/datasets/define-dataset.js';
import type { Dataset } from '../../../shared/datasets/index.js';
import { queryRows } from '../../support/database.js';
import { boolean, clock, number, text, time, type Cell, type Workbook } from './workbook.js';

/** A value as PostgreSQL writes it: as text, and, if Excel has such a time, in ISO 8601 to the millisecond. */
interface Told {
  readonly text: string | null;
  readonly moment: string | null;
}

const FIRST = `'1900-03-01'`;
const NO_DAY = `'10000-01-01'`;
/** From here on, rounding to the millisecond gives a day that no spreadsheet has. */
const BEYOND = `'9999-12-31 23:59:59.9995'`;
/** A time to the millisecond. */
const MOMENT = `'YYYY-MM-DD"T"HH24:MI:SS.MS'`;

function momentOf(column: string, type: ColumnType): string {
  switch (type) {
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return `CASE WHEN ${column} >= ${FIRST} AND ${column} < ${type === 'date' ? NO_DAY : BEYOND}
                   THEN to_char(${column}::timestamp(3), ${MOMENT}) END`;
    case 'time':
      return `CASE ${column} WHEN '24:00' THEN '24:00:00.000' ELSE to_char(${column}::time(3), 'HH24:MI:SS.MS') END`;
    default:
      return 'NULL';
  }
}

/** Longest text of a cell, in UTF-16 units. */
export const LONGEST_TEXT = 32_767;
const DIGITS = 15;
const [LEAST, GREATEST] = [2.3e-308, 1.7e308];

/** Whether a double keeps all digits of the number: always, if there are at most 15 significant ones. */
function isExact(written: string): boolean {
  const size = Math.abs(Number(written));
  const digits = written.replaceAll(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
  return digits === '' || (digits.length <= DIGITS && size > LEAST && size < GREATEST);
}

function textOf(value: string): Cell {
  const head = value.slice(0, LONGEST_TEXT - 1);
  const cut = value.length > LONGEST_TEXT ? `${head.isWellFormed() ? head : head.slice(0, -1)}…` : value;
  return text(cut.replaceAll(/[\ufffe\uffff]/g, '\ufffd'));
}

function cellOf(told: Told, type: ColumnType): Cell {
  if (told.text === null) return null;
  switch (type) {
    case 'smallint':
    case 'integer':
    case 'real':
    case 'double precision':
      return Number.isFinite(Number(told.text)) ? number(Number(told.text)) : textOf(told.text);
    case 'bigint':
    case 'numeric':
      return Number.isFinite(Number(told.text)) && isExact(told.text) ? number(Number(told.text)) : textOf(told.text);
    case 'boolean':
      return boolean(told.text === 't');
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return told.moment === null ? textOf(told.text) : time(told.moment);
    case 'time':
      return clock(told.moment ?? '');
    default:
      return textOf(told.text);
  }
}

export interface ExpectedFile {
  readonly workbook: Workbook;
  /** Number of texts that are too long for a cell. */
  readonly cut: number;
}

/**
 * The workbook that a table should become, computed independently of the service.
 * @param databaseUrl a database whose session settings make PostgreSQL write values as the service does
 * @param sheetRows maximum number of rows per sheet, not counting the header
 */
export async function expectedFile(
  databaseUrl: string,
  { title, table, columns, key }: Dataset,
  sheetRows: number,
  where = 'true',
): Promise<ExpectedFile> {
  const types = Object.values(columns).map(({ type }) => type);
  const items = Object.entries(columns).map(
    ([name, { type }]) =>
      `json_build_object('text', CASE WHEN num_nulls(${name}) = 0 THEN format('%s', ${name}) END,
                         'moment', ${momentOf(name, type)})`,
  );
  const told = await queryRows<{ cells: Told[] }>(
    databaseUrl,
    `SELECT ARRAY[${items.join(', ')}] AS cells FROM ${table} WHERE ${where} ORDER BY ${key.join(', ')}`,
  );
  const header = Object.entries(columns).map(([name, { label }]) => text(label ?? name));
  const rows = told.map(({ cells }) => cells.map((cell, column) => cellOf(cell, types[column] ?? 'text')));
  const sheets = Array.from({ length: Math.max(1, Math.ceil(rows.length / sheetRows)) }, (_, sheet) => ({
    name: sheet === 0 ? title : `${title} ${sheet + 1}`,
    rows: [header, ...rows.slice(sheet * sheetRows, (sheet + 1) * sheetRows)],
  }));
  const tooLong = told.flatMap(({ cells }) => cells.filter((cell) => (cell.text ?? '').length > LONGEST_TEXT));
  return { workbook: { sheets }, cut: tooLong.length };
}
