import pg from 'pg';
import type { RenderedColumn } from '../../datasets/query.js';
import { CrlfEncoder } from './crlf.js';
import { createLineWriter } from './lines.js';
import { csvSettings, DATE_FORMATS } from './options.js';
import { csvRowLane } from './rows.js';
import type { FileOutline, Encoding, SegmentEncoder } from '../encoding.js';
import { NOTHING, passThrough } from '../pass-through.js';
import type { FormatOptions } from '../format-options.js';
import { FormulaEncoder } from '../formulas/encoder.js';
import { escapeColumnSql, escapeStart } from '../formulas/escape.js';

/**
 * CSV as PostgreSQL's own COPY writes it: RFC 4180 quoting, line feeds, nothing for null and `""` for empty text.
 * PostgreSQL renders every byte; the encoder passes them on, with apostrophes before formulas.
 */

const DECIMALS = new Set(['numeric', 'real', 'double precision']);

/**
 * to_char supports neither infinity, nor years BC, nor dates beyond a timestamp's range, nor offsets with seconds,
 * which existed before timezones. Such values stay as PostgreSQL writes them.
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
  return (quoted: string, column: RenderedColumn): string => {
    if (comma && DECIMALS.has(column.type)) return `replace(${quoted}::text, '.', ',')`;
    const rendered = dateIn(quoted, column.type, dates);
    return rendered === quoted && escape ? escapeColumnSql(quoted, column) : rendered;
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

const BOM = '\ufeff';

function head({ columns, options }: FileOutline): Buffer {
  const settings = csvSettings(options);
  const { delimiter, escape_formulas: escape } = settings;
  const shown = columns.map(({ key, label }) => (settings.header === 'labels' ? label : key));
  const names = escape ? shown.map(escapeStart) : shown;
  const fields = createLineWriter(names.length, settings)([names]);
  const heading = escape ? FormulaEncoder.escape(fields, { delimiter, quotes: true }) : fields;
  const line = settings.header === false ? '' : `${heading}${settings.newline === 'crlf' ? '\r\n' : '\n'}`;
  return Buffer.from(`${settings.bom ? BOM : ''}${line}`);
}

function createEncoder(options: FormatOptions): SegmentEncoder {
  const { newline, escape_formulas: escape, delimiter } = csvSettings(options);
  const rows = newline === 'crlf' ? new CrlfEncoder() : passThrough;
  return escape ? new FormulaEncoder(rows, { delimiter, quotes: true }) : rows;
}

export const csvEncoding: Encoding = {
  encoderVersion: 3,
  renderColumn,
  copySql,
  rows: { renderColumn, ...csvRowLane },
  head,
  createEncoder: (_position, { options }) => createEncoder(options),
  tail: () => NOTHING,
};
