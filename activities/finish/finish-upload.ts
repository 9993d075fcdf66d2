import type { FinishAnswer } from '../../shared/temporal/inputs.js';
import type { FinishedFile } from '../../shared/contract.js';
import { combineCrc32, crc32Base64 } from '../../shared/plan/crc32.js';
import { ServiceError } from '../../shared/errors.js';
import type { FileSpec } from '../../shared/formats/file-spec.js';
import type { Plan, SegmentRecord } from '../../shared/job/plan-schema.js';
import { joinPieces } from '../../shared/plan/pieces.js';
import type { ActivityDeps } from '../deps.js';
import { fileContents, type FileContents } from './file-contents.js';
import { heartbeating } from '../heartbeat.js';
import { isOfGeneration, type GenerationInput } from '../file/open-upload.js';
import { fileSpec } from '../file/outlines.js';
import { requireVersion } from '../file/plan-version.js';
import { segmentsToRedo, type SegmentToRedo } from './segments-to-redo.js';
import { requireSize } from '../file/size-limit.js';
import { requireSlot } from '../slots/require-slot.js';
import { uploadJoined, type NumberedPart } from './upload-joined.js';

type FinishDeps = Pick<ActivityDeps, 'jobs' | 'plans' | 'store' | 'temporal' | 'buffers' | 'formatResources'>;

/**
 * Joins the segments into the object. Returns `rerun` when some must be exported again first: those that are missing,
 * whose parts differ from the committed ones, that turn out to belong elsewhere in the file, or that are next to held
 * pieces too small for a part.
 * Safe to repeat after any failure: if the response to the completion was lost, HEAD shows whether it succeeded.
 */
export const finishUpload =
  (deps: FinishDeps) =>
  (input: GenerationInput): Promise<FinishAnswer> =>
    heartbeating(async (signal) => new Finish(deps, await findUpload(deps, input, signal), signal).run());

/** An upload whose segments have been exported. */
interface FilledUpload extends Pick<GenerationInput, 'jobId' | 'generation'> {
  readonly target: { readonly key: string; readonly uploadId: string };
  readonly plan: Plan;
  readonly spec: FileSpec;
  readonly records: readonly SegmentRecord[];
}

/** @throws ServiceError SLOT_LOST, UPLOAD_LOST, PLAN_OUTDATED, WORKER_OUTDATED */
async function findUpload(
  { jobs, plans, temporal }: FinishDeps,
  { jobId, tenantId, generation }: GenerationInput,
  signal: AbortSignal,
): Promise<FilledUpload> {
  const row = await jobs.get(jobId);
  await requireSlot(temporal, { jobId, tenantId, userId: row.user_ref }, signal);
  const state = await plans.uploadState(jobId);
  if (state?.generation !== generation || state.upload_id === null || state.file_key === null) {
    throw new ServiceError('UPLOAD_LOST', `Upload generation ${generation} has been replaced.`);
  }
  const { plan, file_key: key, upload_id: uploadId } = state;
  if (plan === null) throw new ServiceError('UPLOAD_LOST', `Upload generation ${generation} has no plan.`);
  const spec = await fileSpec(row, plan);
  requireVersion(plan, spec.format);
  return { jobId, generation, target: { key, uploadId }, plan, spec, records: await plans.segments(jobId) };
}

/** One attempt to finish an upload. */
class Finish {
  constructor(
    private readonly deps: FinishDeps,
    private readonly upload: FilledUpload,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<FinishAnswer> {
    const { store, buffers, formatResources } = this.deps;
    const { target, plan, spec, records } = this.upload;
    const stored = await store.listParts(target.key, target.uploadId, this.signal);
    // The upload is gone: completed by an attempt whose answer was lost, or aborted.
    if (stored === null) return this.done(await fileContents(spec, records, formatResources));
    const redo = await segmentsToRedo(store, spec, records, stored);
    if (redo.length > 0) return this.sendBack(redo);

    const contents = await fileContents(spec, records, formatResources);
    const pieces = contents.sources.map(({ piece }) => piece);
    const joined = joinPieces(pieces, records.length);
    if ('rerun' in joined) {
      const stuck = records.filter(({ segment }) => joined.rerun.includes(segment));
      return this.sendBack(stuck.map((record) => ({ ...record, mode: 'held' })));
    }
    requireSize(contents.fileSize, plan.maxBytes);
    const { sources } = contents;
    const parts = await uploadJoined({ store, buffers }, { target, sources, parts: joined.parts, signal: this.signal });
    const crc32 = parts.reduce((crc, part) => combineCrc32(crc, part.crc32, part.size), 0);
    await this.complete(parts, crc32);
    return this.done(contents, crc32);
  }

  /** Reverts the commits of these segments, so that they run again. */
  private async sendBack(segments: readonly SegmentToRedo[]): Promise<FinishAnswer> {
    const { jobId, generation } = this.upload;
    for (const segment of segments) await this.deps.plans.runAgain(jobId, generation, segment);
    return { state: 'rerun', rerun: segments.map(({ segment, mode }) => ({ segment, mode })) };
  }

  /** Completes the upload. If the late object of an older generation is in the way, deletes it and tries again. */
  private async complete(parts: readonly NumberedPart[], crc32: number): Promise<void> {
    const { store } = this.deps;
    const { target } = this.upload;
    if ((await store.completeUpload(target, parts, crc32)) === 'completed') return;
    const object = await store.head(target.key);
    if (object === null || isOfGeneration(object.metadata, this.upload)) return;
    await store.delete(target.key);
    await store.completeUpload(target, parts, crc32);
  }

  /** @throws ServiceError UPLOAD_LOST if the object is missing or incomplete */
  private async done(contents: FileContents, crc32?: number): Promise<FinishAnswer> {
    const file = await this.findFile(contents, crc32);
    if (file !== null) return { state: 'done', file };
    const message = crc32 === undefined ? 'The multipart upload is gone.' : 'The completed object is missing.';
    throw new ServiceError('UPLOAD_LOST', message);
  }

  /** Returns the object if it belongs to this generation and is complete. */
  private async findFile(contents: FileContents, crc32?: number): Promise<FinishedFile | null> {
    const { key } = this.upload.target;
    const { fileSize, rowCount, warnings } = contents;
    const object = await this.deps.store.head(key);
    if (object?.size !== fileSize) return null;
    if (!isOfGeneration(object.metadata, this.upload)) return null;
    const expected = crc32 === undefined ? null : crc32Base64(crc32);
    if (expected !== null && object.crc32 !== null && object.crc32 !== expected) return null;
    const sum = object.crc32 ?? expected;
    const checksum = sum === null ? '' : `crc32:${Buffer.from(sum, 'base64').toString('hex')}`;
    return { fileKey: key, rowCount, fileSize, checksum, warnings };
  }
}
