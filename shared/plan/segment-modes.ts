import type { SegmentMode } from '../contract.js';
import { joinPieces, MIN_PART_BYTES, partNumbers, type Piece } from './pieces.js';

/** A planned segment. */
interface Planned {
  readonly member: number;
  /** Planned output size. */
  readonly bytes: number;
}

/** Rough size of the bytes between two members; all that matters is that it is small. */
const GLUE_BYTES = 100;

/**
 * Chooses the segments that are written as temporary objects from the start. The bytes between two members are too few
 * for a part, so one of the adjacent segments must be joined with them: the one that the finish step would choose to
 * rerun.
 */
export function segmentModes(segments: readonly Planned[]): SegmentMode[] {
  const pieces: Piece[] = [];
  let open: number | undefined;
  for (const [segment, { member, bytes }] of segments.entries()) {
    if (open !== undefined && open !== member) pieces.push({ kind: 'glue', size: GLUE_BYTES });
    open = member;
    const number = partNumbers(segment, segments.length, 1).first;
    pieces.push(
      bytes < MIN_PART_BYTES
        ? { kind: 'held', segment, size: bytes }
        : { kind: 'uploaded', segment, parts: [{ number, size: bytes }] },
    );
  }
  const joined = joinPieces(pieces, segments.length);
  return segments.map((_, segment) => ('rerun' in joined && joined.rerun.includes(segment) ? 'held' : 'parts'));
}
