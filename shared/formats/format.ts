import type { z } from 'zod';
import type { ColumnType } from '../datasets/define-dataset.js';
import type { ShownColumn } from '../datasets/shown-columns.js';
import type { Encoding } from './encoding.js';
import type { FormatOptions } from './format-options.js';
import type { FormatPreview } from './preview.js';

/** What clients and the API need to know about a format. Its {@link Encoding} makes bytes, and only workers load it. */
export interface Format {
  /** Its name in the API, in upper case. */
  readonly name: string;
  readonly extension: string;
  readonly mediaType: string;
  readonly options: z.ZodType<FormatOptions>;
  /** Whether `compression: 'gzip'` compresses the file as a whole. Other formats compress within the file. */
  readonly gzipsFile?: boolean;
  /** Columns of these types are exported only if the request names them. */
  readonly optInTypes?: readonly ColumnType[];
  /** Whether bundles may use this format. */
  readonly inBundles?: boolean;
  /** A few sentences for people who receive such a file in a bundle: which programs open it. */
  readonly howToOpen?: string;
  /** The headers that programs read, which must be unique; null or absent if the headers are for people. */
  headerRow?(options: FormatOptions): 'keys' | 'labels' | null;
  /** A header as programs read it from the file, which may escape it. Absent: as it is. */
  readHeader?(header: string, options: FormatOptions): string;
  /** Every row repeats the headers, as in JSON. PostgreSQL writes them, as identifiers of at most 63 bytes. */
  readonly headersInRows?: boolean;
  /** Why these columns can't be written, as the end of a sentence; null if they can. Checked with the request. */
  columnsProblem?(columns: readonly ShownColumn[], options: FormatOptions): string | null;
  /** A column's type in the file, as text for people, such as `DECIMAL(12, 2)`. Set if a file's columns have types. */
  readonly columnType?: (column: ShownColumn) => string;
  /** Whether the file has times in UTC, regardless of the request's timezone. */
  readonly timesInUtc?: boolean;
  /** Loads what shows rows without making a file. */
  readonly loadPreview: () => Promise<FormatPreview>;
  /** Loads the code that makes the bytes, and its libraries. */
  readonly loadEncoding: () => Promise<Encoding>;
}
