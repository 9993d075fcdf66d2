import type { FinishAnswer, FinishedFile } from '../shared/contract.js';
import { combineCrc32, crc32Base64 } from '../shared/crc32.js';
import { ServiceError } from '../shared/errors.js';
import { fileTail } from '../shared/formats/file.js';
import { formatNamed } from '../shared/formats/index.js';
import type { ObjectStore, StoredPart } from '../shared/infrastructure/object-store.js';
import type { SegmentRecord } from '../shared/infrastructure/plan-store.js';
import { joinPieces, type Piece } from '../shared/pieces.js';
import type { ActivityDeps } from './deps.js';
import { heartbeating } from './heartbeat.js';
import { isOfGeneration, type GenerationInput } from './open-upload.js';
import { requireSize } from './size-limit.js';
import { requireSlot } from './slot-fence.js';
import { uploadJoined, type NumberedPart } from './upload-joined.js';

type FinishDeps = Pick<ActivityDeps, 'jobs' | 'plans' | 'store' | 'temporal' | 'buffers'>;
type Rerun = Pick<SegmentRecord, 'segment' | 'mode' | 'leads'>[];

/**
 * Joins the segments into the object. Answers `rerun` when some must be made again first: those that are missing, those
 * whose parts are not what was committed, those that are not the first to have rows although they were made so, or the
 * other way round, and the neighbours of held pieces that are too small for a part.
 * May be called again after any failure: an answer that was lost is settled by HEAD.
 */
export const finishUpload =
  ({ jobs, plans, store, temporal, buffers }: FinishDeps) =>
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
      const records = await plans.segments(jobId);
      const { columns, options } = row;
      const format = formatNamed(row.format);
      const summaries = records.map(({ summary }) => summary ?? {});
      const tail = fileTail(format, { columns, labels: state.plan?.labels ?? [], options }, summaries);
      const fileSize = records.reduce((sum, { bytes }) => sum + (bytes ?? 0), tail.length);
      const rowCount = records.reduce((sum, { rows }) => sum + (rows ?? 0), 0);

      const stored = await store.listParts(target.key, target.uploadId);
      if (stored === null) {
        const file = await settled();
        if (file === null) throw new ServiceError('UPLOAD_LOST', 'The multipart upload is gone.');
        return { state: 'done', file };
      }
      const spoiled = await whatToRunAgain(store, records, stored);
      if (spoiled.length > 0) return runAgain(spoiled);
      const misled = format.rowLead === undefined ? [] : whatLeadsWrongly(records);
      if (misled.length > 0) return runAgain(misled);
      const pieces = [...records.map(toPiece), { kind: 'glue', size: tail.length } as const];
      const plan = joinPieces(pieces, records.length);
      if ('rerun' in plan) {
        const stuck = records.filter(({ segment }) => plan.rerun.includes(segment));
        return runAgain(stuck.map((record) => ({ ...record, mode: 'held' })));
      }

      requireSize(fileSize, state.plan?.maxBytes ?? fileSize);
      const parts = await uploadJoined({ store, buffers }, { target, records, tail, parts: plan.parts, signal });
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
        return { fileKey: target.key, rowCount, fileSize, checksum };
      }
    });

function toPiece({ segment, bytes, parts }: SegmentRecord): Piece {
  if (parts === null || bytes === null) throw new ServiceError('INTERNAL', `Segment ${segment} is not committed.`);
  return parts.kind === 'parts'
    ? { kind: 'uploaded', segment, parts: parts.parts }
    : { kind: 'held', segment, size: bytes };
}

/** Rows may have gone, or come, since the plan: the first segment that has any must be the one that was made so. */
function whatLeadsWrongly(records: readonly SegmentRecord[]): Rerun {
  const filled = records.filter(({ rows }) => rows !== null && rows > 0);
  const wrong = filled.filter(({ leads }, index) => leads !== (index === 0));
  return wrong.map((record) => ({ ...record, leads: !record.leads }));
}

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
