import type { ColumnType } from '../../datasets/define-dataset.js';

/** What people see of the text that PostgreSQL has written. */

export type PdfCellKind =
  /** Right-aligned, and never cut. */
  | 'number'
  /** To the second, without an offset: the page says in which timezone. */
  | 'moment'
  /** Yes or no. */
  | 'flag'
  /** Without the blanks that fill it up. */
  | 'padded'
  /** Short, and of much the same length in all rows: made smaller, as a number is, and never cut. */
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
export function shownText(text: string, kind: PdfCellKind): string {
  switch (kind) {
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
