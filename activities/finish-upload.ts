import type { FinishAnswer, FinishedFile } from '../shared/contract.js';
import { combineCrc32, crc32Base64 } from '../shared/crc32.js';
import { ServiceError } from '../shared/errors.js';
import { joinFile, misplaced, warningsOf } from '../shared/formats/file.js';
import { NOTHING, type WrittenSegment } from '../shared/formats/format.js';
import type { ObjectStore, StoredPart } from '../shared/infrastructure/object-store.js';
import type { SegmentRecord } from '../shared/infrastructure/plan-store.js';
import { joinPieces, type Piece } from '../shared/pieces.js';
import type { ActivityDeps } from './deps.js';
import { heartbeating } from './heartbeat.js';
import { isOfGeneration, type GenerationInput } from './open-upload.js';
import { fileSpec } from './outlines.js';
import { requireVersion } from './plan-version.js';
import { requireSize } from './size-limit.js';
import { requireSlot } from './slot-fence.js';
import { uploadJoined, type JoinSource, type NumberedPart } from './upload-joined.js';

type FinishDeps = Pick<ActivityDeps, 'jobs' | 'plans' | 'store' | 'temporal' | 'buffers' | 'formatResources'>;
type Rerun = Pick<SegmentRecord, 'segment' | 'mode' | 'place'>[];

/**
 * Joins the segments into the object. Answers `rerun` when some must be made again first: those that are missing, those
 * whose parts are not what was committed, those that the format finds in another place than they were made for, and the
 * neighbours of held pieces that are too small for a part.
 * May be called again after any failure: an answer that was lost is settled by HEAD.
 */
export const finishUpload =
  ({ jobs, plans, store, temporal, buffers, formatResources: resources }: FinishDeps) =>
  ({ jobId, tenantId, generation }: GenerationInput): Promise<FinishAnswer> =>
    heartbeating(async (signal) => {
      const row = await jobs.find(jobId);
      if (row === null) throw new ServiceError('INTERNAL', `The row of job ${jobId} is not there.`);
      await requireSlot(temporal, { jobId, tenantId, userId: row.user_id }, signal);
      const state = await plans.uploadState(jobId);
      if (state?.generation !== generation || state.upload_id === null || state.file_key === null) {
        throw new ServiceError('UPLOAD_LOST', `Generation ${generation} of the export is over.`);
      }
      const target = { key: state.file_key, uploadId: state.upload_id };
      const { plan } = state;
      if (plan === null) throw new ServiceError('UPLOAD_LOST', `Generation ${generation} of the export has no plan.`);
      const spec = fileSpec(row, plan);
      requireVersion(plan, spec.format);
      const records = await plans.segments(jobId);

      const stored = await store.listParts(target.key, target.uploadId, signal);
      const spoiled = stored === null ? [] : await whatToRunAgain(store, records, stored);
      if (spoiled.length > 0) return runAgain(spoiled);
      const segments = records.map(toWritten);
      const wrong = stored === null ? [] : misplaced(spec, segments);
      if (wrong.length > 0) {
        return runAgain(
          wrong.map(({ segment, place }) => ({ segment, place, mode: records[segment]?.mode ?? 'parts' })),
        );
      }

      const { glue, tail } = await joinFile(spec, segments, resources);
      const sources = [
        ...records.flatMap((record) => [...computed(glue.get(record.segment)), toSource(record)]),
        ...computed(tail),
      ];
      const fileSize = sources.reduce((sum, { piece }) => sum + sizeOf(piece), 0);
      const rowCount = segments.reduce((sum, { rows }) => sum + rows, 0);
      const warnings = warningsOf(spec, segments);
      if (stored === null) {
        const file = await settled();
        if (file === null) throw new ServiceError('UPLOAD_LOST', 'The multipart upload is gone.');
        return { state: 'done', file };
      }
      const joined = joinPieces(
        sources.map(({ piece }) => piece),
        records.length,
      );
      if ('rerun' in joined) {
        const stuck = records.filter(({ segment }) => joined.rerun.includes(segment));
        return runAgain(stuck.map((record) => ({ ...record, mode: 'held' })));
      }

      requireSize(fileSize, plan.maxBytes);
      const parts = await uploadJoined({ store, buffers }, { target, sources, parts: joined.parts, signal });
      const crc32 = parts.reduce((crc, part) => combineCrc32(crc, part.crc32, part.size), 0);
      await complete(parts, crc32);
      const file = await settled(crc32);
      if (file === null) throw new ServiceError('UPLOAD_LOST', 'The completed object is not there.');
      return { state: 'done', file };

      async function runAgain(rerun: Rerun): Promise<FinishAnswer> {
        for (const record of rerun) await plans.runAgain(jobId, generation, record);
        return { state: 'rerun', rerun: rerun.map(({ segment, mode }) => ({ segment, mode })) };
      }

      /** An object of an older generation, completed late, is in the way: it goes, and completion is repeated. */
      async function complete(all: readonly NumberedPart[], crc: number): Promise<void> {
        if ((await store.completeUpload(target, all, crc)) === 'completed') return;
        const object = await store.head(target.key);
        if (object === null || isOfGeneration(object.metadata, { jobId, generation })) return;
        await store.delete(target.key);
        await store.completeUpload(target, all, crc);
      }

      /** The object, if it is this generation's and whole. */
      async function settled(crc?: number): Promise<FinishedFile | null> {
        const object = await store.head(target.key);
        if (object?.size !== fileSize) return null;
        if (!isOfGeneration(object.metadata, { jobId, generation })) return null;
        if (crc !== undefined && object.crc32 !== null && object.crc32 !== crc32Base64(crc)) return null;
        const sum = object.crc32 ?? (crc === undefined ? null : crc32Base64(crc));
        const checksum = sum === null ? '' : `crc32:${Buffer.from(sum, 'base64').toString('hex')}`;
        return { fileKey: target.key, rowCount, fileSize, checksum, warnings };
      }
    });

function toWritten(record: SegmentRecord): WrittenSegment {
  const { segment, place, planned_rows: plannedRows, rows, bytes, summary } = record;
  if (rows === null || bytes === null) throw new ServiceError('UPLOAD_LOST', `Segment ${segment} is not committed.`);
  return { segment, place, plannedRows, rows, bytes, summary: summary ?? {} };
}

function toSource({ segment, bytes, parts }: SegmentRecord): JoinSource {
  if (parts === null || bytes === null) throw new ServiceError('UPLOAD_LOST', `Segment ${segment} is not committed.`);
  return parts.kind === 'parts'
    ? { piece: { kind: 'uploaded', segment, parts: parts.parts }, uploaded: parts.parts }
    : { piece: { kind: 'held', segment, size: bytes }, key: parts.key };
}

const computed = (bytes: Buffer = NOTHING): JoinSource[] => [{ piece: { kind: 'glue', size: bytes.length }, bytes }];

const sizeOf = (piece: Piece): number =>
  piece.kind === 'uploaded' ? piece.parts.reduce((sum, { size }) => sum + size, 0) : piece.size;

/** Segments without a commit, and those whose bytes are no longer what their commit says. */
async function whatToRunAgain(
  store: ObjectStore,
  records: readonly SegmentRecord[],
  stored: readonly StoredPart[],
): Promise<Rerun> {
  const etags = new Map<number, string>();
  // SeaweedFS keeps all that was ever written under a number, in no order: which of them counts is then nobody's to say.
  for (const { number, etag } of stored) etags.set(number, (etags.get(number) ?? etag) === etag ? etag : '');
  const rerun: Rerun = [];
  for (const record of records) {
    const { parts, bytes } = record;
    if (!(await isThere())) rerun.push(record);

    async function isThere(): Promise<boolean> {
      if (parts === null) return false;
      // A late attempt of the same lane may have written over a part.
      if (parts.kind === 'parts') return parts.parts.every(({ number, etag }) => etags.get(number) === etag);
      return bytes === 0 || (await store.head(parts.key))?.size === bytes;
    }
  }
  return rerun;
}
