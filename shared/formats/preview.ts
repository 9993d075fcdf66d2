import type { Texts } from '../datasets/compute.js';
import type { ComputedType } from '../datasets/computed.js';
import type { ShownColumn } from '../datasets/shown-columns.js';
import type { RenderColumn } from '../datasets/query.js';
import type { FormatOptions } from './format-options.js';

/**
 * The headers and values of a format's file as text, as people see them. The API previews files with this, without
 * loading the format's encoder and the libraries that it needs.
 */
export interface FormatPreview {
  /** Whether the text of a JSON document can be rendered in place of the document, and so can be cut first. */
  readonly cutsDocuments: boolean;
  /** How PostgreSQL renders each column, as in the row lane. */
  renderColumn(options: FormatOptions): RenderColumn;
  /** Renders the text of a computed value in the same way. */
  renderValue(options: FormatOptions): (text: string, type: ComputedType) => string;
  /** One for each column; null if the file has no header row. */
  headers(columns: readonly ShownColumn[], options: FormatOptions): readonly string[] | null;
  /** A rendered row as the file shows it; null stays null. */
  show(columns: readonly ShownColumn[], options: FormatOptions): (row: Texts) => Texts;
}

/** For formats whose previews start from values as PostgreSQL writes them. */
export const asRendered = {
  cutsDocuments: true,
  renderColumn: (): RenderColumn => (quoted) => quoted,
  renderValue: () => (text: string) => text,
} satisfies Partial<FormatPreview>;

export const labelsOf = (columns: readonly ShownColumn[]): string[] => columns.map(({ label }) => label);
export const keysOf = (columns: readonly ShownColumn[]): string[] => columns.map(({ key }) => key);

/** Applies a function to each value of a row that is not null. */
export const showEach =
  (show: (text: string, index: number) => string) =>
  (row: Texts): Texts =>
    row.map((text, index) => (text === null ? null : show(text, index)));
