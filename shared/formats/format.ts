import type { z } from 'zod';
import type { ColumnType, ShownColumn } from '../datasets/define-dataset.js';
import type { Encoding } from './encoding.js';
import type { FormatOptions } from './format-options.js';

/** What clients and the API need to know of a file format. How it makes bytes is its {@link Encoding}, which only workers load. */
export interface Format {
  /** As the API says it, in upper case. */
  readonly name: string;
  readonly extension: string;
  readonly mediaType: string;
  readonly options: z.ZodType<FormatOptions>;
  /** Columns of these types are exported only when the request names them. */
  readonly optInTypes?: readonly ColumnType[];
  /** Whether an archive of several datasets may have its files in this format. */
  readonly inBundles?: boolean;
  /** For people who have such a file in a bundle: what opens it, in a few sentences. */
  readonly howToOpen?: string;
  /** Why these columns cannot be written, as the end of a sentence about them; null when they can. Checked with the request. */
  columnsProblem?(columns: readonly ShownColumn[], options: FormatOptions): string | null;
  /** Loads the code that makes the bytes, with its libraries. */
  readonly loadEncoding: () => Promise<Encoding>;
}
