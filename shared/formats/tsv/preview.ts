import { copyTextField, valueOf } from '../copy-text.js';
import { FormulaEncoder } from '../formulas/encoder.js';
import { escapeStart } from '../formulas/escape.js';
import { keysOf, showEach, type FormatPreview } from '../preview.js';
import { tsvEncoding } from './encoding.js';

const DIALECT = { delimiter: '\t', quotes: false };

/** A value as programs read it, without the backslashes of the file. */
const escaped = (text: string): string => valueOf(FormulaEncoder.escape(copyTextField(text), DIALECT)) ?? text;

export const tsvPreview: FormatPreview = {
  cutsDocuments: true,
  renderColumn: (options) => tsvEncoding.rows.renderColumn(options),
  renderValue: (options) => tsvEncoding.rows.renderValue(options),
  headers(columns, { header, escape_formulas: escape }) {
    if (header === false) return null;
    const keys = keysOf(columns);
    return escape === false ? keys : keys.map((key) => escaped(escapeStart(key)));
  },
  show: (_columns, { escape_formulas: escape }) => showEach(escape === false ? (text) => text : escaped),
};
