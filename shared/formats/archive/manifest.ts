/** The archive's description of itself for programs. docs/formats.md describes it. */
export const MANIFEST = 'manifest.json';

/** One of the files of an archive, as its manifest has it. */
export interface ManifestFile {
  readonly name: string;
  readonly dataset: string;
  readonly title: string;
  readonly schema: readonly { readonly name: string; readonly label: string; readonly type: string }[];
  readonly rows: number;
  readonly bytes: number;
  /** Eight hexadecimal digits. */
  readonly crc32: string;
  /** The file is these, one after the other. */
  readonly pieces: readonly { readonly bytes: number; readonly sha256: string }[];
}
