/** The archive's machine-readable description. See docs/formats.md. */
export const MANIFEST = 'manifest.json';

/** An archive's file in its manifest. */
export interface ManifestFile {
  readonly name: string;
  readonly dataset: string;
  readonly title: string;
  readonly schema: readonly { readonly name: string; readonly label: string; readonly type: string }[];
  readonly rows: number;
  readonly bytes: number;
  /** Eight hexadecimal digits. */
  readonly crc32: string;
  /** The pieces that make up the file, in order. */
  readonly pieces: readonly { readonly bytes: number; readonly sha256: string }[];
}
