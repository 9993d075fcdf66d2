import { datasetNamed, type Dataset } from '../../shared/datasets/index.js';
import { segmentSql } from '../../shared/datasets/query.js';
import { ServiceError } from '../../shared/errors.js';
import { openSegment } from '../../shared/formats/file.js';
import type { Emit, SegmentSummary } from '../../shared/formats/encoding.js';
import { readPosition, type FileSpec } from '../../shared/formats/file-spec.js';
import type { LoadedFormat } from '../../shared/formats/load-format.js';
import { ownerOfRow } from '../../shared/job/row.js';
import type { SegmentAttempt } from '../../shared/job/plan-schema.js';
import type { ActivityDeps } from '../deps.js';
import { heartbeating } from '../heartbeat.js';
import { openLane } from '../file/lanes.js';
import type { GenerationInput } from '../file/open-upload.js';
import { fileSpec } from '../file/outlines.js';
import { requireVersion } from '../file/plan-version.js';
import { requireSize } from '../file/size-limit.js';
import { requireSlot } from '../slots/require-slot.js';
import { openSink, type StoredSegment } from './segment-sink.js';

export interface SegmentInput extends GenerationInput {
  readonly segment: number;
}
export interface SegmentResult {
  readonly rows: number;
}

export type SegmentDeps = Pick<
  ActivityDeps,
  'plans' | 'source' | 'store' | 'registry' | 'temporal' | 'metrics' | 'buffers' | 'formatResources'
>;

/** Reads one segment's rows, writes its parts, and commits. Skips a segment that is already committed. */
export const exportSegment =
  (deps: SegmentDeps) =>
  (input: SegmentInput): Promise<SegmentResult> => {
    const progress = { segment: input.segment, rows: 0 };
    return heartbeating(
      (signal) => makeSegment(deps, input, signal, progress),
      () => progress,
    );
  };

/** @param progress counts the rows read */
export async function makeSegment(
  deps: SegmentDeps,
  { jobId, generation, segment }: SegmentInput,
  signal: AbortSignal,
  progress = { rows: 0 },
): Promise<SegmentResult> {
  const attempt = await deps.plans.beginAttempt(jobId, generation, segment);
  if (attempt === null) throw new ServiceError('UPLOAD_LOST', `Upload generation ${generation} has been replaced.`);
  if (attempt.rows !== null) return { rows: attempt.rows };
  await requireSlot(deps.temporal, { jobId, ...ownerOfRow(attempt) }, signal);

  const spec = await fileSpec({ ...attempt, job_id: jobId }, attempt.plan);
  requireVersion(attempt.plan, spec.format);
  const input = { jobId, generation, segment };
  const { summary, ...written } = await writeRows(deps, input, attempt, spec, signal, progress);
  const { rows } = progress;
  const committed = await deps.plans.commit({
    jobId,
    generation,
    segment,
    attempt: attempt.attempt,
    rows,
    summary,
    ...written,
  });
  if (!committed) {
    // Delete its piece here: no row refers to it, and a cancel may have cleaned up before it was written.
    if (written.pieces.kind === 'held') await deps.store.delete(written.pieces.key);
    throw new ServiceError('SUPERSEDED', 'A later attempt has taken over this segment.');
  }
  const kind = { dataset: attempt.type, format: attempt.format };
  deps.metrics.segmentCommitted(kind, { rows, bytes: written.bytes });
  return { rows };
}

/** Moves the rows of the segment from the source into the store. */
async function writeRows(
  deps: SegmentDeps,
  input: Pick<SegmentInput, 'jobId' | 'generation' | 'segment'>,
  attempt: SegmentAttempt,
  spec: FileSpec,
  signal: AbortSignal,
  progress: { rows: number },
): Promise<StoredSegment & { readonly summary: SegmentSummary }> {
  const { plan, position } = attempt;
  const encoder = openSegment(spec, readPosition(spec, position), deps.formatResources);
  const { lane, select, session } = reading(deps, attempt, spec.format);
  const target = { ...input, attempt: attempt.attempt, key: attempt.file_key, uploadId: attempt.upload_id };
  const { segments, partSize } = plan;
  const sink = openSink(deps, { target, segments, partSize, mode: attempt.mode, signal });
  let bytesOfFile = attempt.bytes_committed;
  const emit: Emit = (bytes) => {
    bytesOfFile += bytes.length;
    requireSize(bytesOfFile, plan.maxBytes);
    return sink.write(bytes);
  };
  try {
    for await (const chunk of lane.rows(select, session, signal)) {
      progress.rows += chunk.rows;
      const pending = encoder.write(chunk, emit);
      if (pending !== undefined) await pending;
    }
    const summary = await encoder.end(emit);
    return { ...(await sink.finish()), summary };
  } finally {
    await sink.close();
  }
}

/** What a segment reads, and how. @throws ServiceError INTERNAL if the plan has no such file */
function reading({ source, registry }: SegmentDeps, attempt: SegmentAttempt, format: LoadedFormat) {
  const { plan, position, options } = attempt;
  const file = plan.files[position.file];
  if (file === undefined) throw new ServiceError('INTERNAL', `The plan has no file ${position.file}.`);
  const { columns } = file;
  const dataset = (): Dataset => datasetNamed(registry, file.dataset);
  return {
    lane: openLane(source, dataset, { format, columns, options }, file),
    select: segmentSql(file.query, attempt.lower, attempt.upper),
    session: {
      timezone: plan.timezone,
      ...ownerOfRow(attempt),
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      // A file never mixes the hashes of two keys.
      maskKeyId: plan.maskKeyId,
    },
  };
}

/** As long as the activity's own timeout: PostgreSQL must not run longer than the activity. */
const STATEMENT_TIMEOUT_MS = 30 * 60 * 1000;
