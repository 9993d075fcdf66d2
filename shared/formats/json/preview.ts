import { keysOf, showEach, type FormatPreview } from '../preview.js';
import { jsonEncoding } from './encoding.js';

/** Values as JSON; text keeps its quotes. */
export const jsonPreview: FormatPreview = {
  cutsDocuments: false,
  renderColumn: (options) => jsonEncoding.rows.renderColumn(options),
  renderValue: (options) => jsonEncoding.rows.renderValue(options),
  headers: keysOf,
  show: () => showEach((text) => text),
};
