import { FORMATS } from '../../shared/formats/index.js';

/** Text formats, which gzip can compress. Account archives can contain them. */
export const TEXT_FORMATS: readonly string[] = [...FORMATS.values()]
  .filter(({ gzipsFile }) => gzipsFile === true)
  .map(({ name }) => name);

/** Options that request compression, for formats that support it. */
export const compressionOf = (format: string, compression: string): object =>
  TEXT_FORMATS.includes(format) ? { compression } : {};
