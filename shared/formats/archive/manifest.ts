import type { Mask } from '../../datasets/column-types.js';
import type { Withheld } from '../../datasets/withheld.js';

/** The archive's machine-readable description. See docs/formats.md. */
export const MANIFEST = 'manifest.json';

export interface ManifestColumn {
  readonly name: string;
  readonly label: string;
  /** If the column has a mask, the type of the masked values. */
  readonly type: string;
  /** In the file, if the file's columns have types. */
  readonly file_type?: string;
  readonly mask?: Mask;
}

/** An archive's file in its manifest. */
export interface ManifestFile {
  readonly name: string;
  readonly dataset: string;
  readonly title: string;
  readonly schema: readonly ManifestColumn[];
  /** Columns that the file lacks. */
  readonly left_out: Pick<Withheld, 'locked' | 'hidden'>;
  readonly rows: number;
  readonly bytes: number;
  /** Eight hexadecimal digits. */
  readonly crc32: string;
  /** The pieces that make up the file, in order. */
  readonly pieces: readonly { readonly bytes: number; readonly sha256: string }[];
}
