import type { Warning } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import { joinFile, warningsOf } from '../../shared/formats/file.js';
import { readPosition, type FileSpec } from '../../shared/formats/file-spec.js';
import type { FormatResources, WrittenSegment } from '../../shared/formats/encoding.js';
import type { SegmentRecord } from '../../shared/job/plan-schema.js';
import type { Piece } from '../../shared/plan/pieces.js';
import type { JoinSource } from './upload-joined.js';

/** The contents of a file, once all of its segments are committed. */
export interface FileContents {
  /** In file order. */
  readonly sources: readonly JoinSource[];
  /** Bytes. */
  readonly fileSize: number;
  readonly rowCount: number;
  readonly warnings: readonly Warning[];
}

/** Puts the segments, and what the format writes between and after them, in file order. */
export async function fileContents(
  spec: FileSpec,
  records: readonly SegmentRecord[],
  resources: FormatResources,
): Promise<FileContents> {
  const segments = committedSegments(spec, records);
  const { glue, tail } = await joinFile(spec, segments, resources);
  const sources = [
    ...records.flatMap((record) => [...computedSource(glue.get(record.segment)), segmentSource(record)]),
    ...computedSource(tail),
  ];
  return {
    sources,
    fileSize: sources.reduce((sum, { piece }) => sum + sizeOf(piece), 0),
    rowCount: segments.reduce((sum, { rows }) => sum + rows, 0),
    warnings: warningsOf(spec, segments),
  };
}

/** @throws ServiceError UPLOAD_LOST */
export function committedSegments(spec: FileSpec, records: readonly SegmentRecord[]): WrittenSegment[] {
  return records.map(({ segment, position, planned_rows: plannedRows, rows, bytes, summary }) => {
    if (rows === null || bytes === null) throw notCommitted(segment);
    return { segment, position: readPosition(spec, position), plannedRows, rows, bytes, summary: summary ?? {} };
  });
}

function segmentSource({ segment, bytes, parts }: SegmentRecord): JoinSource {
  if (parts === null || bytes === null) throw notCommitted(segment);
  return parts.kind === 'parts'
    ? { piece: { kind: 'uploaded', segment, parts: parts.parts }, uploaded: parts.parts }
    : { piece: { kind: 'held', segment, size: bytes }, key: parts.key };
}

const computedSource = (bytes: Buffer = Buffer.alloc(0)): JoinSource[] => [
  { piece: { kind: 'glue', size: bytes.length }, bytes },
];

const notCommitted = (segment: number): ServiceError =>
  new ServiceError('UPLOAD_LOST', `Segment ${segment} is not committed.`);

const sizeOf = (piece: Piece): number =>
  piece.kind === 'uploaded' ? piece.parts.reduce((sum, { size }) => sum + size, 0) : piece.size;
