import Papa from 'papaparse';
import type { Texts } from '../../datasets/compute.js';
import { FormulaEncoder } from '../formulas/encoder.js';
import { escapeStart } from '../formulas/escape.js';
import type { FormatPreview } from '../preview.js';
import { csvEncoding } from './encoding.js';
import { createLineWriter } from './lines.js';
import { csvSettings, type CsvOptions } from './options.js';

/** Writes a line as the file has it, and reads it as a spreadsheet would. */
function throughLine(width: number, settings: CsvOptions): (row: Texts) => string[] {
  const { delimiter, escape_formulas: escape } = settings;
  const write = createLineWriter(width, settings);
  return (row) => {
    const line = write([row]);
    const escaped = escape ? FormulaEncoder.escape(line, { delimiter, quotes: true }) : line;
    return Papa.parse<string[]>(escaped, { delimiter, newline: '\n' }).data[0] ?? [];
  };
}

export const csvPreview: FormatPreview = {
  cutsDocuments: true,
  renderColumn: (options) => csvEncoding.rows.renderColumn(options),
  renderValue: (options) => csvEncoding.rows.renderValue(options),
  headers(columns, options) {
    const settings = csvSettings(options);
    if (settings.header === false) return null;
    const names = columns.map(({ key, label }) => (settings.header === 'labels' ? label : key));
    return throughLine(names.length, settings)(settings.escape_formulas ? names.map(escapeStart) : names);
  },
  show({ length }, options) {
    const through = throughLine(length, csvSettings(options));
    return (row) => {
      const shown = through(row);
      return row.map((text, index) => (text === null ? null : (shown[index] ?? '')));
    };
  },
};
