import type { ColumnType } from '../../datasets/define-dataset.js';

/** Kinds of cells in a sheet. */
export type CellKind =
  /** A binary number; a cell can always hold it. */
  | 'double'
  /** A decimal number; a cell holds only fifteen of its digits. */
  | 'exact'
  | 'boolean'
  | 'timestamp'
  | 'date'
  | 'time'
  | 'text';

const KINDS: Partial<Record<ColumnType, CellKind>> = {
  smallint: 'double',
  integer: 'double',
  real: 'double',
  'double precision': 'double',
  bigint: 'exact',
  numeric: 'exact',
  boolean: 'boolean',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  date: 'date',
  time: 'time',
};

export const cellKind = (type: ColumnType): CellKind => KINDS[type] ?? 'text';

/** The cells of a column. */
export interface CellColumn {
  readonly kind: CellKind;
  /** The style of its numbers: an index of `cellXfs`; 0 is the default. */
  readonly style: number;
}

/** Indexes of the workbook's cell formats (`cellXfs`), for the `s` attribute of a cell. 0 is the default. */
export const STYLES = { timestamp: 1, date: 2, time: 3, heading: 4, timestampMs: 5, timeMs: 6 } as const;

/** The letters of a column counted from 0: `A`, …, `Z`, `AA`, … */
export function columnLetters(column: number): string {
  const rest = Math.floor(column / 26);
  const letter = String.fromCharCode(65 + (column % 26));
  return rest === 0 ? letter : columnLetters(rest - 1) + letter;
}

/** https://support.microsoft.com/en-us/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3 */
export const MAX_ROWS = 1_048_576;
/** UTF-16 units. */
export const MAX_CELL_TEXT = 32_767;
