/** S3's limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html. Sizes in bytes. */
export const MIN_PART_BYTES = 5 * 1024 ** 2;
export const MAX_PART_BYTES = 5 * 1024 ** 3;
export const MAX_PARTS = 10_000;

/** The usual part size in bytes, unless its segment would run out of numbers. */
export const USUAL_PART_BYTES = 8 * 1024 ** 2;
/** Room for segments that turn out larger than their sample predicted. */
const HEADROOM = 1.25;
/** Headroom after a segment outgrew the plan. */
const MORE_HEADROOM = 12.5;
/** Minimum part size after a segment outgrew the plan: with the usual size, the same would happen again. */
const MIN_REPLANNED_PART_BYTES = 8 * USUAL_PART_BYTES;

/** Both inclusive. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/**
 * A third of the part numbers of one segment. Segment i owns the i-th K = ⌊10,000 / segments⌋ numbers:
 *
 *     … segment i-1 │ odd attempts │ even attempts │ finish │ segment i+1 …
 *
 * An abandoned attempt may still be uploading while the next one runs, hence two thirds for attempts. S3 joins parts by
 * ascending number, so parts that the finish adds after segment i use the last third: above the parts of segment i,
 * whichever attempt uploaded them, and below those of segment i+1.
 *
 * @param segment counted from 0
 * @param writer the attempt, counted from 1, or 'finish'
 * @throws RangeError if the segment doesn't exist, or there are too many segments for three numbers each
 */
export function partNumbers(segment: number, segments: number, writer: number | 'finish'): NumberRange {
  if (!Number.isInteger(segment) || segment < 0 || segment >= segments) {
    throw new RangeError(`There is no segment ${segment} of ${segments}.`);
  }
  const width = thirdWidth(segments);
  const range = rangeWidth(segments);
  const before = segment * range;
  if (writer === 'finish') return { first: before + 2 * width + 1, last: before + range };
  const first = before + (writer % 2 === 1 ? 0 : width) + 1;
  return { first, last: first + width - 1 };
}

/**
 * Part size for a segment, so that it fits into one third even if it outgrows its plan by a quarter.
 * @param plannedBytes expected output of the segment, in bytes
 * @param withHeadroom after a segment outgrew the plan: reserves ten times the bytes, and at least four times as many
 * as before
 * @throws RangeError as {@link partNumbers}, or if no legal part is that large
 */
export function partSize(plannedBytes: number, segments: number, withHeadroom = false): number {
  const share = plannedBytes / thirdWidth(segments);
  const size = Math.max(USUAL_PART_BYTES, Math.ceil(share * HEADROOM));
  if (size > MAX_PART_BYTES) throw new RangeError(`A segment of ${plannedBytes} bytes does not fit its part numbers.`);
  return withHeadroom
    ? Math.min(MAX_PART_BYTES, Math.max(MIN_REPLANNED_PART_BYTES, Math.ceil(share * MORE_HEADROOM)))
    : size;
}

function rangeWidth(segments: number): number {
  return Math.floor(MAX_PARTS / segments);
}

function thirdWidth(segments: number): number {
  const width = Math.floor(rangeWidth(segments) / 3);
  if (width < 1) throw new RangeError(`${segments} segments leave fewer than three part numbers for each.`);
  return width;
}
