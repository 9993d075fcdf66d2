import type { ShownColumn } from '../../datasets/shown-columns.js';
import { asRendered, keysOf, type FormatPreview } from '../preview.js';

const INFINITE = 'infinity';
/** The first microsecond whose distance from 1970 doesn't fit into 64 bits. */
const TOO_LATE = '294247-01-10 04:00:54.775808';
const SIX_DIGITS = 6;
const MIDNIGHT = '24:00:00';

/** A value as the file holds it; null if Parquet can't represent it. */
function held(text: string, { type, decimal }: ShownColumn): string | null {
  switch (type) {
    case 'boolean':
      return text === 't' ? 'true' : 'false';
    case 'date':
      return text.endsWith(INFINITE) ? null : text;
    case 'time':
      return text === MIDNIGHT ? null : text;
    case 'timestamp':
      return isHeld(text) ? text : null;
    case 'timestamptz':
      return isHeld(text) ? text.replace(/( BC)?$/, '+00$1') : null;
    case 'numeric':
      return decimal !== null && text === 'NaN' ? null : text;
    default:
      return text;
  }
}

/** Years of six digits are compared as texts. */
const isHeld = (text: string): boolean =>
  !text.endsWith(INFINITE) && (text.indexOf('-') < SIX_DIGITS || text < TOO_LATE);

/** Values as readers show them: times with a timezone in UTC. */
export const parquetPreview: FormatPreview = {
  ...asRendered,
  renderColumn:
    () =>
    (quoted, { type }) =>
      type === 'timestamptz' ? `(${quoted} AT TIME ZONE 'UTC')` : quoted,
  headers: keysOf,
  show: (columns) => (row) =>
    row.map((text, index) => {
      const column = columns[index];
      return text === null || column === undefined ? text : held(text, column);
    }),
};
