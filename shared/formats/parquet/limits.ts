import type { ColumnLimits } from './columns/column.js';

/** Limits that keep an encoder's memory bounded, however many columns there are. */

/** More than PostgreSQL returns (1,664), because JavaScript may compute some. */
export const MOST_COLUMNS = 2_000;

/** A page of each column together. */
const PAGE_CELLS = 2 ** 20;
/** Larger pages make readers decode more than they need, smaller ones compress worse. */
const MOST_PAGE_ROWS = 16_384;
const LEAST_PAGE_ROWS = 512;
const PAGE_ROWS_STEP = 256;

/** Dictionaries of all columns together, and of one column. */
const DICTIONARY_BYTES = 16 * 1024 * 1024;
const MOST_DICTIONARY_BYTES = 1024 * 1024;

const BOUND_BYTES = 32;
/** With many columns, bounds would be most of the footer. */
const SHORT_BOUND_BYTES = 16;
const MANY_COLUMNS = 50;

export function columnLimits(columns: number): ColumnLimits {
  const rows = Math.floor(PAGE_CELLS / columns / PAGE_ROWS_STEP) * PAGE_ROWS_STEP;
  return {
    pageRows: Math.max(LEAST_PAGE_ROWS, Math.min(MOST_PAGE_ROWS, rows)),
    boundBytes: columns > MANY_COLUMNS ? SHORT_BOUND_BYTES : BOUND_BYTES,
    dictionaryBytes: Math.min(MOST_DICTIONARY_BYTES, Math.floor(DICTIONARY_BYTES / columns)),
  };
}

/** A page ends with the row that reaches this many bytes, as COPY sends them. */
export const PAGE_BYTES = 8 * 1024 * 1024;
/** A row group ends with the page that reaches this many bytes, also if it has fewer rows than planned. */
export const MOST_GROUP_BYTES = 32 * 1024 * 1024;
