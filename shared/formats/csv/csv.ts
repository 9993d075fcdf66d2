import type { Format } from '../format.js';
import { escapeHeader, withoutMark } from '../formulas/header.js';
import { csvOptions, csvSettings } from './options.js';

export const csv: Format = {
  name: 'CSV',
  extension: 'csv',
  mediaType: 'text/csv; charset=utf-8',
  gzipsFile: true,
  inBundles: true,
  howToOpen:
    'A .csv file is a table as text. Open it with a spreadsheet program such as Excel, LibreOffice or Numbers.',
  options: csvOptions,
  headerRow(options) {
    const { header } = csvSettings(options);
    if (header === 'labels') return 'labels';
    return header ? 'keys' : null;
  },
  readHeader(header, options) {
    const { delimiter, escape_formulas: escape, quoting } = csvSettings(options);
    return escape ? escapeHeader(header, { delimiter, quotes: true }, quoting === 'all') : withoutMark(header);
  },
  loadPreview: async () => (await import('./preview.js')).csvPreview,
  loadEncoding: async () => (await import('./encoding.js')).csvEncoding,
};
