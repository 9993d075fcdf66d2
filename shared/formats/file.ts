import type { Warning } from '../contract.js';
import { archiveOf, joinMembers } from './archive/archive.js';
import { DeflateEncoder } from './archive/deflate.js';
import { isGzip } from './file-kind.js';
import { outlineOf, type FileSpec } from './file-spec.js';
import type {
  Emit,
  FormatResources,
  SegmentToMove,
  SegmentEncoder,
  SegmentPosition,
  WrittenSegment,
} from './encoding.js';
import { NOTHING } from './pass-through.js';
import { groupSegments } from './group-segments.js';
import { GZIP_HEADER, gzipTail } from './archive/gzip.js';
import { withheldWarnings } from './archive/withheld-notes.js';
import { streamedHeader, type ArchiveGlue } from './archive/zip.js';

/** Adds what all formats share: heads where members start, and compression around everything. */

/** Encodes one segment of a file, including the head of the file or member if it is the first. */
export function openSegment(spec: FileSpec, position: SegmentPosition, resources: FormatResources): SegmentEncoder {
  const { format } = spec;
  const outline = outlineOf(spec, position);
  const rows = format.createEncoder(position.own, outline, resources);
  const plain = withHead(rows, position.opens ? format.head(outline) : NOTHING);
  const isFirst = position.opens && position.member === 0;
  const archive = archiveOf(spec);
  if (archive !== null) {
    const header = (): Buffer => streamedHeader(archive.memberName(position), outline.about.plannedAt, position.wide);
    return new DeflateEncoder(archive.noting(plain), isFirst ? header() : NOTHING, archive.level);
  }
  return isGzip(format, outline.options) ? new DeflateEncoder(plain, isFirst ? GZIP_HEADER : NOTHING) : plain;
}

function withHead(encoder: SegmentEncoder, head: Buffer): SegmentEncoder {
  if (head.length === 0) return encoder;
  let isWritten = false;
  const begin = async (emit: Emit): Promise<void> => {
    if (isWritten) return;
    isWritten = true;
    await emit(head);
  };
  return {
    write: (rows, emit) => (isWritten ? encoder.write(rows, emit) : begin(emit).then(() => encoder.write(rows, emit))),
    end: async (emit) => {
      await begin(emit);
      return encoder.end(emit);
    },
  };
}

/**
 * The bytes that the finish puts between and after the segments.
 * @param segments all of them, in order
 * @throws ServiceError PLAN_OUTGROWN if an archive must be planned with more room
 */
export async function joinFile(
  spec: FileSpec,
  segments: readonly WrittenSegment[],
  resources: FormatResources,
): Promise<ArchiveGlue> {
  const { format } = spec;
  const outline = outlineOf(spec, { file: 0 });
  const archive = archiveOf(spec);
  if (archive !== null) {
    const members = groupSegments(segments, ({ position }) => position.member);
    return joinMembers(archive, spec, members, resources);
  }
  const tail = await format.tail(outline, segments, resources);
  return { glue: new Map(), tail: isGzip(format, outline.options) ? gzipTail(tail, segments) : tail };
}

/** Segments that turned out different from their plan. @throws ServiceError PLAN_OUTGROWN */
export const segmentsToMove = ({ format }: FileSpec, segments: readonly WrittenSegment[]): SegmentToMove[] =>
  groupSegments(segments, ({ position }) => position.file).flatMap((group) => format.segmentsToMove?.(group) ?? []);

/** Notes about the file for its user. */
export const warningsOf = ({ format, bundle }: FileSpec, segments: readonly WrittenSegment[]): Warning[] => [
  ...(format.warnings?.(segments) ?? []),
  ...(bundle === undefined ? [] : withheldWarnings(bundle)),
];
