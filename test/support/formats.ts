import { BUNDLE_FORMATS } from '../../shared/formats/index.js';

/** Text formats: account archives can contain them, and gzip can compress them. */
export const TEXT_FORMATS = BUNDLE_FORMATS;

/** Options that request compression, for formats that support it. */
export const compressionOf = (format: string, compression: string): object =>
  TEXT_FORMATS.includes(format) ? { compression } : {};
