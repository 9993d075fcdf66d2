/** A row's key columns as PostgreSQL's text, never converted to JavaScript values. */
export type KeyBound = readonly string[];

/** Bounds of one segment: after `lower`, up to and including `upper`; null is unbounded. */
export interface Segment {
  readonly lower: KeyBound | null;
  readonly upper: KeyBound | null;
  readonly rows: number;
  /** The member (section of the file) that it belongs to, from 0. */
  readonly member: number;
}

/** A row that may end a segment: its number, from 1, and its key. */
export interface Bound {
  readonly n: number;
  readonly key: KeyBound;
}

/** With more, each would have too few of S3's 10,000 part numbers. */
export const MAX_SEGMENTS = 500;
/**
 * Segments of a large export are up to four times the planned size, if that leaves enough to spread over the workers:
 * each segment adds overhead in PostgreSQL, Temporal and the worker (figures in bench/README.md).
 */
const ENOUGH_SEGMENTS = 32;
const MAX_WIDENING = 4;
/** The last bounds are not merged: with short segments at the end, no worker is left alone with a long one. */
const LAST_BOUNDS = 8;

export interface CutLimits {
  /** Maximum rows per member, which ends at the last bound within this limit. */
  readonly memberRows?: number;
  readonly maxSegments?: number;
}

/**
 * Cuts an export along its bounds into at least one segment, even an empty one, and at most 500, or one per member.
 * @param bounds ordered by number, including the last row
 */
export function cutSegments(
  bounds: readonly Bound[],
  { memberRows = Infinity, maxSegments = MAX_SEGMENTS }: CutLimits = {},
): { segments: Segment[]; totalRows: number } {
  const cuts = inMembers(bounds, memberRows);
  const end = cuts.at(-1);
  if (end === undefined) return { segments: [{ lower: null, upper: null, rows: 0, member: 0 }], totalRows: 0 };

  // Ends of members are added to every n-th bound.
  const ends = end.member;
  const last = Math.max(0, Math.min(LAST_BOUNDS, maxSegments - 1 - ends));
  const wide = bounds.length - last;
  const wider = Math.min(MAX_WIDENING, Math.floor(bounds.length / ENOUGH_SEGMENTS));
  const most = Math.max(1, maxSegments - last - ends);
  const step = Math.max(1, wider, Math.ceil(bounds.length / most));
  const kept = cuts.filter(
    ({ member }, index) => (index + 1) % step === 0 || index >= wide || cuts[index + 1]?.member !== member,
  );
  let before: Bound | null = null;
  const segments: Segment[] = [];
  for (const bound of kept) {
    const { key, n, member } = bound;
    segments.push({ lower: before?.key ?? null, upper: key, rows: n - (before?.n ?? 0), member });
    before = bound;
  }
  return { segments, totalRows: end.n };
}

/** Each bound with its member. */
function inMembers(bounds: readonly Bound[], memberRows: number): (Bound & { readonly member: number })[] {
  let member = 0;
  let begin = 0;
  let before = 0;
  return bounds.map((bound) => {
    if (bound.n - begin > memberRows && before > begin) {
      member += 1;
      begin = before;
    }
    before = bound.n;
    return { ...bound, member };
  });
}

/**
 * Rows per segment close to `wanted`: a multiple of `unitRows`, chosen so that a member's segments are about equal.
 * @param memberRows itself a multiple of `unitRows`, or infinite
 */
export function fittingRows(wanted: number, unitRows: number, memberRows: number): number {
  const even = Number.isFinite(memberRows) ? memberRows / Math.ceil(memberRows / wanted) : wanted;
  return Math.max(unitRows, Math.floor(even / unitRows) * unitRows);
}
