import type { SegmentMode } from '../contract.js';
import { joinPieces, MIN_PART_BYTES, partNumbers, type Piece } from './pieces.js';

/** A segment as it is planned. */
interface Planned {
  readonly member: number;
  /** Bytes of output. */
  readonly bytes: number;
}

/** About what a finish writes between two members; what matters is that it is little. */
const GLUE_BYTES = 100;

/**
 * Which segments are written as temporary objects from the beginning. Between two members the finish puts bytes that
 * are too few for a part of their own, so one of the segments beside them has to be joined with them: the one that the
 * finish would send back.
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
