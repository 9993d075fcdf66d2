import type { NumberFormat } from '../../datasets/number-format.js';
import { BACKSLASH } from '../copy-text.js';
import type { PdfCellKind } from './cells.js';
import type { Faces } from './faces.js';
import { PADDING } from './geometry.js';
import type { PdfLayout } from './layout.js';

const SPACE = 0x20;
const OPEN = 0x28;
const CLOSE = 0x29;
const LAST_ASCII = 0x7e;

/** Where a column's text goes. */
export interface TextCell {
  readonly kind: PdfCellKind;
  /** Null: as PostgreSQL writes it. */
  readonly number: NumberFormat | null;
  /** A number with this many decimals is shown as PostgreSQL writes it. 0: every number is; -1: none is. */
  readonly decimals: number;
  /** Left and right edges of the text, in tenths of a point. */
  readonly left: number;
  readonly right: number;
  /** Width between the edges, in 1/1000 em. */
  readonly limit: number;
}

export function textCells(columns: PdfLayout['columns'], size: number): TextCell[] {
  const padding = Math.round((PADDING * size) / 1000);
  return columns.map(({ x, width, kind, number }) => ({
    kind,
    number,
    decimals: decimalsAsWritten(number),
    left: x + padding,
    right: x + width - padding,
    limit: Math.floor(((width - 2 * padding) * 1000) / size),
  }));
}

const decimalsAsWritten = (number: NumberFormat | null): number =>
  number === null ? 0 : number.style === 'plain' ? (number.scale ?? 0) : -1;

/** Widths of bytes that are the same in COPY's text and in a PDF string, in 1/1000 em; 0 for others. */
export const plainAdvances = (faces: Faces): Uint16Array =>
  Uint16Array.from({ length: 256 }, (_, byte) =>
    byte < SPACE || byte > LAST_ASCII || byte === BACKSLASH || byte === OPEN || byte === CLOSE
      ? 0
      : (faces.widths[byte] ?? 0),
  );
