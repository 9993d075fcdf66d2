import type { Format } from '../format.js';
import { xlsxOptions } from './options.js';

export const xlsx: Format = {
  name: 'XLSX',
  extension: 'xlsx',
  mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  options: xlsxOptions,
  loadPreview: async () => (await import('./preview.js')).xlsxPreview,
  loadEncoding: async () => (await import('./encoding.js')).xlsxEncoding,
};
