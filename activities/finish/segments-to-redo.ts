import { segmentsToMove } from '../../shared/formats/file.js';
import type { FileSpec } from '../../shared/formats/file-spec.js';
import type { ObjectStore } from '../../shared/store/object-store.js';
import type { StoredPart } from '../../shared/store/upload-types.js';
import type { SegmentRecord } from '../../shared/job/plan-schema.js';
import { committedSegments } from './file-contents.js';

/** A segment to export again, in this mode and for this position. */
export type SegmentToRedo = Pick<SegmentRecord, 'segment' | 'mode' | 'position'>;

/**
 * Finds segments that can't be joined as they are: uncommitted ones, ones whose bytes differ from their commit, and ones
 * written for a position in the file that turned out to be wrong.
 */
export async function segmentsToRedo(
  store: ObjectStore,
  spec: FileSpec,
  records: readonly SegmentRecord[],
  stored: readonly StoredPart[],
): Promise<readonly SegmentToRedo[]> {
  const spoiled = await spoiledSegments(store, records, stored);
  if (spoiled.length > 0) return spoiled;
  return segmentsToMove(spec, committedSegments(spec, records)).map(({ segment, position }) => ({
    segment,
    position,
    mode: records[segment]?.mode ?? 'parts',
  }));
}

async function spoiledSegments(
  store: ObjectStore,
  records: readonly SegmentRecord[],
  stored: readonly StoredPart[],
): Promise<SegmentRecord[]> {
  const etags = etagsByNumber(stored);
  const spoiled: SegmentRecord[] = [];
  for (const record of records) {
    if (!(await isIntact(store, record, etags))) spoiled.push(record);
  }
  return spoiled;
}

/**
 * SeaweedFS lists every version of a part, in no particular order. A part number with two ETags gets none, because
 * either could be the current one.
 */
function etagsByNumber(stored: readonly StoredPart[]): Map<number, string> {
  const etags = new Map<number, string>();
  for (const { number, etag } of stored) etags.set(number, (etags.get(number) ?? etag) === etag ? etag : '');
  return etags;
}

async function isIntact(
  store: ObjectStore,
  { parts, bytes }: SegmentRecord,
  etags: ReadonlyMap<number, string>,
): Promise<boolean> {
  if (parts === null) return false;
  // A late attempt with the same part numbers may have overwritten a part.
  if (parts.kind === 'parts') return parts.parts.every(({ number, etag }) => etags.get(number) === etag);
  return bytes === 0 || (await store.head(parts.key))?.size === bytes;
}
