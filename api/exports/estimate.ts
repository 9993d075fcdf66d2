import type { RowCount } from '../../shared/source/count-rows.js';
import type { Finished } from '../../shared/job/store.js';

/** Predicted from recent exports of the same dataset and format. */
export interface Forecast {
  readonly bytes: number | null;
  readonly seconds: number | null;
  /** How many exports the prediction is based on. */
  readonly based_on: number;
  /** Why bytes or seconds are null; null when neither is. */
  readonly reason: string | null;
}

/** The largest recent export predicts the time of exports with up to this many times its rows. */
const REACH = 20;
/** Exports with fewer rows than this share of the largest one's are ignored: most of their time is fixed cost. */
const COMPARABLE = 0.1;

/** Predicts bytes and seconds from the largest recent exports. */
export function forecast({ rows }: RowCount, recent: readonly Finished[]): Forecast {
  const largest = Math.max(0, ...recent.map(({ rowCount }) => rowCount));
  if (largest === 0) {
    const reason = 'No export of this dataset in this format has completed recently.';
    return { bytes: null, seconds: null, based_on: 0, reason };
  }
  const telling = recent.filter(({ rowCount }) => rowCount >= COMPARABLE * largest);
  const ofOneRow = (what: (export_: Finished) => number): number => sum(telling, what) / sum(telling, rowsOf);
  const known = { bytes: Math.ceil(rows * ofOneRow(({ fileSize }) => fileSize)), based_on: telling.length };
  if (rows > REACH * largest) {
    return { ...known, seconds: null, reason: 'Recent exports were too small to say how long this one will take.' };
  }
  // Every export has the same steps, however few rows it has.
  const shortest = Math.min(...recent.map(({ seconds }) => seconds));
  const seconds = Math.max(shortest, rows * ofOneRow((export_) => export_.seconds));
  // Rounded up to a tenth, ignoring the rounding error of doubles.
  return { ...known, seconds: Math.ceil(Number((10 * seconds).toFixed(6))) / 10, reason: null };
}

const rowsOf = ({ rowCount }: Finished): number => rowCount;
const sum = (recent: readonly Finished[], what: (export_: Finished) => number): number =>
  recent.reduce((total, export_) => total + what(export_), 0);
