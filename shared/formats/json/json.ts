import { z } from 'zod';
import { compression, timezone } from '../common-options.js';
import type { Format } from '../format.js';

const options = z.strictObject({
  timezone,
  compression,
  bigint_as_text: z
    .boolean({ error: 'must be true or false' })
    .default(false)
    .describe('Write bigint and numeric columns as text, since many readers round numbers above 2^53'),
});

export const json: Format = {
  name: 'JSON',
  extension: 'json',
  mediaType: 'application/json',
  gzipsFile: true,
  inBundles: true,
  howToOpen: 'A .json file is text for programs. Web browsers and many text editors show it as a collapsible list.',
  options,
  headerRow: () => 'keys',
  headersInRows: true,
  loadPreview: async () => (await import('./preview.js')).jsonPreview,
  loadEncoding: async () => (await import('./encoding.js')).jsonEncoding,
};

/** One object per line. */
export const ndjson: Format = {
  name: 'NDJSON',
  extension: 'ndjson',
  mediaType: 'application/x-ndjson',
  gzipsFile: true,
  inBundles: true,
  howToOpen: 'A .ndjson file is text for programs, one record per line. Any text editor opens it.',
  options,
  headerRow: () => 'keys',
  headersInRows: true,
  loadPreview: async () => (await import('./preview.js')).jsonPreview,
  loadEncoding: async () => (await import('./encoding.js')).ndjsonEncoding,
};
