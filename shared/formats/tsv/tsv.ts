import { z } from 'zod';
import { compression, ESCAPE_FORMULAS, timezone } from '../common-options.js';
import type { Format } from '../format.js';
import { escapeHeader, withoutMark } from '../formulas/header.js';

const options = z.strictObject({
  timezone,
  compression,
  header: z.boolean({ error: 'must be true or false' }).default(true).describe('Include a header row'),
  escape_formulas: z.boolean({ error: 'must be true or false' }).default(true).describe(ESCAPE_FORMULAS),
});

export const tsv: Format = {
  name: 'TSV',
  extension: 'tsv',
  mediaType: 'text/tab-separated-values; charset=utf-8',
  gzipsFile: true,
  inBundles: true,
  options,
  headerRow: ({ header }) => (header === false ? null : 'keys'),
  readHeader: (header, { escape_formulas: escape }) =>
    escape === false ? withoutMark(header) : escapeHeader(header, { delimiter: '\t', quotes: false }),
  loadPreview: async () => (await import('./preview.js')).tsvPreview,
  loadEncoding: async () => (await import('./encoding.js')).tsvEncoding,
};
