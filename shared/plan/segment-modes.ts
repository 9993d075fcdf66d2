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
  const pieces = segments.flatMap(({ member, bytes }, segment): Piece[] => {
    const before = segments[segment - 1];
    const glue: Piece[] = before === undefined || before.member === member ? [] : [{ kind: 'glue', size: GLUE_BYTES }];
    const number = partNumbers(segment, segments.length, 1).first;
    return [
      ...glue,
      bytes < MIN_PART_BYTES
        ? { kind: 'held', segment, size: bytes }
        : { kind: 'uploaded', segment, parts: [{ number, size: bytes }] },
    ];
  });
  const joined = joinPieces(pieces, segments.length);
  const held = new Set('rerun' in joined ? joined.rerun : []);
  return segments.map((_, segment) => (held.has(segment) ? 'held' : 'parts'));
}
