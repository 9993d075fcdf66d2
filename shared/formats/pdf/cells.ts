import type { ColumnType } from '../../datasets/define-dataset.js';
import type { NumberFormat } from '../../datasets/number-format.js';
import { numberText } from '../number-text.js';

/** How PostgreSQL's text is displayed. */

export type PdfCellKind =
  /** Right-aligned, never clipped. */
  | 'number'
  /** To the second, without an offset, because the page states the timezone. */
  | 'moment'
  /** Yes or no. */
  | 'flag'
  /** Without its padding. */
  | 'padded'
  /** Short, and of similar length in all rows: scaled down like a number, never clipped. */
  | 'even'
  | 'text';

const KINDS: Partial<Record<ColumnType, PdfCellKind>> = {
  smallint: 'number',
  integer: 'number',
  bigint: 'number',
  numeric: 'number',
  real: 'number',
  'double precision': 'number',
  timestamp: 'moment',
  timestamptz: 'moment',
  boolean: 'flag',
  char: 'padded',
  date: 'even',
  time: 'even',
};

export const kindOf = (type: ColumnType): PdfCellKind => KINDS[type] ?? 'text';

export const YES = 'yes';
export const NO = 'no';

const SECONDS = /^(.*?:\d\d:\d\d)[^ ]*( BC)?$/;

/** For samples; the encoder does the same with bytes. */
export function shownText(text: string, kind: PdfCellKind, number: NumberFormat | null): string {
  switch (kind) {
    case 'number':
      return number === null ? text : numberText(text, number);
    case 'flag':
      return text === 't' ? YES : NO;
    case 'moment':
      return text.replace(SECONDS, '$1$2');
    case 'padded':
      return text.trimEnd();
    default:
      return text.replace(/[\t\n\v\f\r]/g, ' ');
  }
}
