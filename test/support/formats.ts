import { BUNDLE_FORMATS } from '../../shared/formats/index.js';

/** Formats that are lines of text: an archive may have its files in them, and gzip may be around them. */
export const TEXT_FORMATS = BUNDLE_FORMATS;

/** Options that ask for a compression, where a format has a choice. */
export const compressionOf = (format: string, compression: string): object =>
  TEXT_FORMATS.includes(format) ? { compression } : {};
