import type { RowCount } from '../shared/infrastructure/count-rows.js';
import type { Finished } from '../shared/infrastructure/job-store.js';

/** What recent exports of the same shape say about one of so many rows. */
export interface Forecast {
  readonly bytes: number | null;
  readonly seconds: number | null;
  /** How many exports that is taken from. */
  readonly based_on: number;
  /** Why there is none; null when there is. */
  readonly reason: string | null;
}

/** Bytes and time of a row, over all their rows: large exports say more than small ones. */
export function forecast({ rows }: RowCount, recent: readonly Finished[]): Forecast {
  const sums = recent.reduce(
    (sum, { rowCount, fileSize, seconds }) => ({
      rows: sum.rows + rowCount,
      bytes: sum.bytes + fileSize,
      seconds: sum.seconds + seconds,
    }),
    { rows: 0, bytes: 0, seconds: 0 },
  );
  if (sums.rows === 0) {
    const reason = 'No export of this dataset in this format has completed lately.';
    return { bytes: null, seconds: null, based_on: 0, reason };
  }
  // However few rows there are, an export has its steps to make.
  const shortest = Math.min(...recent.map(({ seconds }) => seconds));
  return {
    bytes: Math.ceil((rows * sums.bytes) / sums.rows),
    seconds: Math.ceil(10 * Math.max(shortest, (rows * sums.seconds) / sums.rows)) / 10,
    based_on: recent.length,
    reason: null,
  };
}
