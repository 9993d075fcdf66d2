import { z } from 'zod';
import type { ColumnDefinition } from '../datasets/define-dataset.js';
import { compression, timezone } from './common-options.js';
import { NOTHING, passThrough, type FileOutline, type Format, type FormatOptions } from './format.js';

/**
 * CSV as PostgreSQL's own COPY writes it: RFC 4180 quoting, line feeds, nothing for null and `""` for the empty text.
 * PostgreSQL renders every byte; the encoder passes them on.
 */

/**
 * First characters that make a spreadsheet run a cell: = + - @, tab, CR, LF, and the full-width forms of the first
 * four (OWASP, CSV Injection). As code points, for `ascii()`.
 */
const FORMULA_STARTS = [0x3d, 0x2b, 0x2d, 0x40, 0x09, 0x0d, 0x0a, 0xff1d, 0xff0b, 0xff0d, 0xff20];

/** Text columns only: escaping everything would turn the number -5.20 into text. */
function escapeFormulas(quoted: string, { type }: ColumnDefinition): string {
  if (type !== 'text' && type !== 'char') return quoted;
  // A cast to text would cut the blanks that pad a char(n); its own output function keeps them.
  const text = type === 'char' ? `textin(bpcharout(${quoted}))` : `${quoted}::text`;
  // ascii() is the code point of the first character, and 0 for the empty text.
  return `CASE WHEN ascii(${text}) IN (${FORMULA_STARTS.join(', ')}) THEN '''' || ${text} ELSE ${text} END`;
}

/** COPY's rule: quote what holds the delimiter, a quote or a line end; the empty text is quoted to differ from null. */
export function csvField(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Alone on its line, COPY's end marker is quoted: psql and older servers would take it for the end of the file. */
const headerLine = (columns: readonly string[]): string =>
  columns.length === 1 && columns[0] === '\\.' ? '"\\."' : columns.map(csvField).join(',');

const options = z.strictObject({
  timezone,
  compression,
  escape_formulas: z
    .boolean({ error: 'must be true or false' })
    .default(true)
    .describe('Lead text that a spreadsheet would run as a formula with an apostrophe'),
});

export const csv: Format = {
  name: 'CSV',
  extension: 'csv',
  mediaType: 'text/csv; charset=utf-8',
  encoderVersion: 1,
  options,
  renderColumn: ({ escape_formulas }: FormatOptions) =>
    escape_formulas === true ? escapeFormulas : (quoted) => quoted,
  copySql: (select) => `COPY (${select}) TO STDOUT (FORMAT csv)`,
  head: ({ columns }: FileOutline) => Buffer.from(`${headerLine(columns)}\n`),
  createEncoder: () => passThrough,
  tail: () => NOTHING,
};
