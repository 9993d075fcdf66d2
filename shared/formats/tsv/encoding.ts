import type { RenderColumn } from '../../datasets/query.js';
import { copyTextField, copyTextLane, copyTextSql } from '../copy-text.js';
import type { FileOutline, Encoding, RowLane } from '../encoding.js';
import { NOTHING, passThrough } from '../pass-through.js';
import type { FormatOptions } from '../format-options.js';
import { FormulaEncoder } from '../formulas/encoder.js';
import { escapeColumnSql, escapeStart, escapeValue } from '../formulas/escape.js';

/**
 * Tab-separated values as PostgreSQL, ClickHouse and MySQL load them: no quotes, `\t` and `\n` in values, `\N` for
 * null. Spreadsheets open them, too, so formulas are escaped unless the file is for a database.
 */

const DIALECT = { delimiter: '\t', quotes: false };

const escapes = ({ escape_formulas: escape }: FormatOptions): boolean => escape !== false;

const renderColumn = (options: FormatOptions): RenderColumn =>
  escapes(options) ? escapeColumnSql : (quoted) => quoted;

const renderValue: RowLane['renderValue'] = (options) => (escapes(options) ? escapeValue : (text) => text);

function head({ columns, options }: FileOutline): Buffer {
  if (options.header === false) return NOTHING;
  const names = columns.map(({ key }) => key);
  if (!escapes(options)) return Buffer.from(line(names));
  return Buffer.from(FormulaEncoder.escape(line(names.map(escapeStart)), DIALECT));
}

const line = (names: readonly string[]): string => `${names.map(copyTextField).join('\t')}\n`;

export const tsvEncoding: Encoding = {
  encoderVersion: 3,
  renderColumn,
  copySql: copyTextSql,
  rows: { ...copyTextLane(renderColumn), renderValue },
  head,
  createEncoder: (_position, { options }) =>
    escapes(options) ? new FormulaEncoder(passThrough, DIALECT) : passThrough,
  tail: () => NOTHING,
};
