import pg from 'pg';
import type { ColumnDefinition, ColumnType } from '../datasets/define-dataset.js';
import { CrlfEncoder } from './crlf.js';
import { csvOptions, csvSettings, DATE_FORMATS, type CsvOptions } from './csv-options.js';
import { csvRowLane } from './csv-rows.js';
import { FORMULA_STARTS } from './formulas.js';
import { NOTHING, passThrough, type FileOutline, type Format, type FormatOptions } from './format.js';

/**
 * CSV as PostgreSQL's own COPY writes it: RFC 4180 quoting, line feeds, nothing for null and `""` for the empty text.
 * PostgreSQL renders every byte; the encoder passes them on.
 */

/** What may hold anybody's text, as the text that COPY writes. */
const AS_TEXT: Partial<Record<ColumnType, (quoted: string) => string>> = {
  text: (quoted) => `${quoted}::text`,
  // A cast would cut the blanks that pad a char(n); its own output function keeps them.
  char: (quoted) => `textin(bpcharout(${quoted}))`,
  // A type's cast may say something else than its output, which is what format() takes; but it makes null empty, and
  // `IS NULL` is true of a row of nulls.
  other: (quoted) => `CASE WHEN num_nulls(${quoted}) = 0 THEN format('%s', ${quoted}) END`,
};

/** Escaping everything would turn the number -5.20, or the interval -1 day, into text. */
function escapeFormulas(quoted: string, { type }: ColumnDefinition): string {
  const text = AS_TEXT[type]?.(quoted);
  if (text === undefined) return quoted;
  // ascii() is the code point of the first character, and 0 for the empty text.
  return `CASE WHEN ascii(${text}) IN (${FORMULA_STARTS.join(', ')}) THEN '''' || ${text} ELSE ${text} END`;
}

const DECIMALS = new Set(['numeric', 'real', 'double precision']);

/**
 * to_char knows no infinity, no years before Christ, no dates that are too late for a timestamp, nor the seconds of the
 * offsets that clocks had before there were timezones: these stay as PostgreSQL writes them.
 */
function dateIn(quoted: string, type: string, name: string): string {
  const format = DATE_FORMATS[name as keyof typeof DATE_FORMATS];
  if (format === null || !['date', 'timestamp', 'timestamptz'].includes(type)) return quoted;
  const { date, time, offset } = format;
  const pattern = type === 'date' ? date : `${date}${time}${type === 'timestamptz' ? offset : ''}`;
  const written = `to_char(${quoted}, ${pg.escapeLiteral(pattern)})`;
  const isWhole = offset !== '' && type === 'timestamptz' ? ` AND extract(timezone FROM ${quoted}) % 60 = 0` : '';
  const last = type === 'date' ? ` AND ${quoted} <= '294276-12-31'` : '';
  return `CASE WHEN isfinite(${quoted}) AND ${quoted} >= '0001-01-01'${last}${isWhole} THEN ${written} ELSE ${quoted}::text END`;
}

function renderColumn(options: FormatOptions) {
  const { escape_formulas: escape, decimal_comma: comma, date_format: dates } = csvSettings(options);
  return (quoted: string, column: ColumnDefinition): string => {
    if (comma && DECIMALS.has(column.type)) return `replace(${quoted}::text, '.', ',')`;
    const rendered = dateIn(quoted, column.type, dates);
    return rendered === quoted && escape ? escapeFormulas(quoted, column) : rendered;
  };
}

function copySql(select: string, options: FormatOptions): string {
  const { delimiter, null_text: nullText, quoting } = csvSettings(options);
  const settings = [
    'FORMAT csv',
    ...(delimiter === ',' ? [] : [`DELIMITER ${pg.escapeLiteral(delimiter)}`]),
    ...(nullText === '' ? [] : [`NULL ${pg.escapeLiteral(nullText)}`]),
    ...(quoting === 'all' ? ['FORCE_QUOTE *'] : []),
  ];
  return `COPY (${select}) TO STDOUT (${settings.join(', ')})`;
}

/** COPY's rule: quote what holds the delimiter, a quote or a line end; the empty text is quoted to differ from null. */
export function csvField(
  text: string,
  { delimiter = ',', null_text: nullText = '', quoting = 'minimal' }: Partial<CsvOptions> = {},
): string {
  const isPlain = text !== nullText && quoting === 'minimal' && !text.includes(delimiter) && !/["\r\n]/.test(text);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}

const BOM = '\ufeff';

function head({ columns, options }: FileOutline): Buffer {
  const settings = csvSettings(options);
  const names = columns.map(({ name, label }) => (settings.header === 'labels' ? label : name));
  // Alone on its line, COPY's end marker is quoted: psql and older servers would take it for the end of the file.
  const isEndMarker = names.length === 1 && names[0] === '\\.';
  const fields = isEndMarker ? '"\\."' : names.map((name) => csvField(name, settings)).join(settings.delimiter);
  const line = settings.header === false ? '' : `${fields}${settings.newline === 'crlf' ? '\r\n' : '\n'}`;
  return Buffer.from(`${settings.bom ? BOM : ''}${line}`);
}

export const csv: Format = {
  name: 'CSV',
  extension: 'csv',
  mediaType: 'text/csv; charset=utf-8',
  encoderVersion: 2,
  inBundles: true,
  howToOpen: 'A .csv file is a table as text. A spreadsheet program opens it, such as Excel, LibreOffice or Numbers.',
  options: csvOptions,
  renderColumn,
  copySql,
  rows: { renderColumn, ...csvRowLane },
  head,
  createEncoder: (_place, { options: { newline } }) => (newline === 'crlf' ? new CrlfEncoder() : passThrough),
  tail: () => NOTHING,
};
