import type { KeyBound } from './datasets/query.js';

/** Bounds of one segment: after `lower`, up to and with `upper`; null is open. */
export interface Segment {
  readonly lower: KeyBound | null;
  readonly upper: KeyBound | null;
  readonly rows: number;
}

/** A row that may end a segment: its number from 1, and its key. */
export interface Bound {
  readonly n: number;
  readonly key: KeyBound;
}

/** More would leave each too few of S3's 10,000 part numbers. */
export const MAX_SEGMENTS = 500;
/**
 * A large export has segments of up to four times the planned bytes, as long as that leaves enough to spread over the
 * workers: each costs PostgreSQL, Temporal and the worker a round of their own (bench/README.md has the figures).
 */
const ENOUGH_SEGMENTS = 32;
const MAX_WIDENING = 4;
/** The last bounds are not widened: short segments at the end leave no worker alone with a long one. */
const LAST_BOUNDS = 8;

/**
 * Cuts an export along its bounds: at least one segment, even an empty one, and at most 500.
 * @param bounds in the order of their numbers, the last row among them
 */
export function cutSegments(bounds: readonly Bound[]): { segments: Segment[]; totalRows: number } {
  const totalRows = bounds.at(-1)?.n ?? 0;
  if (totalRows === 0) return { segments: [{ lower: null, upper: null, rows: 0 }], totalRows };

  const wide = bounds.length - LAST_BOUNDS;
  const wider = Math.min(MAX_WIDENING, Math.floor(bounds.length / ENOUGH_SEGMENTS));
  const step = Math.max(1, wider, Math.ceil(bounds.length / (MAX_SEGMENTS - LAST_BOUNDS)));
  const kept = bounds.filter((_, index) => (index + 1) % step === 0 || index >= wide);
  const segments = kept.map(({ n, key }, index) => {
    const before = kept[index - 1];
    return { lower: before?.key ?? null, upper: key, rows: n - (before?.n ?? 0) };
  });
  return { segments, totalRows };
}
