import type { Format } from '../format.js';
import { MOST_COLUMNS } from './limits.js';
import { parquetOptions } from './options.js';
import { typeText } from './type-text.js';

export const parquet: Format = {
  name: 'PARQUET',
  extension: 'parquet',
  mediaType: 'application/vnd.apache.parquet',
  inBundles: true,
  howToOpen:
    'A .parquet file is a table for programs that analyze data. DuckDB, pandas and many data warehouses read it.',
  options: parquetOptions,
  columnType: typeText,
  timesInUtc: true,
  headerRow: () => 'keys',
  columnsProblem: ({ length }) =>
    length > MOST_COLUMNS
      ? `are too many for a Parquet file: at most ${MOST_COLUMNS} fit, and the request has ${length}`
      : null,
  loadPreview: async () => (await import('./preview.js')).parquetPreview,
  loadEncoding: async () => (await import('./encoding.js')).parquetEncoding,
};
