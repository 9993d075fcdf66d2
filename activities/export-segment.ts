import { datasetNamed, type Dataset } from '../shared/datasets/index.js';
import { segmentSql } from '../shared/datasets/query.js';
import { ServiceError } from '../shared/errors.js';
import { openSegment } from '../shared/formats/file.js';
import type { RowBytes, SegmentSummary } from '../shared/formats/encoding.js';
import { loadFormat } from '../shared/formats/load-format.js';
import type { ActivityDeps } from './deps.js';
import { heartbeating } from './heartbeat.js';
import { openLane } from './lanes.js';
import type { GenerationInput } from './open-upload.js';
import { fileSpec } from './outlines.js';
import { requireVersion } from './plan-version.js';
import { requireSize } from './size-limit.js';
import { requireSlot } from './slot-fence.js';
import { writeSegment, type UseBytes } from './write-segment.js';

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

/** Reads one segment's rows, writes its parts, and commits; a segment that is committed already is skipped. */
export const exportSegment =
  (deps: SegmentDeps) =>
  (input: SegmentInput): Promise<SegmentResult> => {
    const progress = { segment: input.segment, rows: 0 };
    return heartbeating(
      (signal) => makeSegment(deps, input, signal, progress),
      () => progress,
    );
  };

/** @param progress counts the rows that have been read */
export async function makeSegment(
  deps: SegmentDeps,
  { jobId, generation, segment }: SegmentInput,
  signal: AbortSignal,
  progress = { rows: 0 },
): Promise<SegmentResult> {
  const attempt = await deps.plans.beginAttempt(jobId, generation, segment);
  if (attempt === null) throw new ServiceError('UPLOAD_LOST', `Generation ${generation} of the export is over.`);
  if (attempt.rows !== null) return { rows: attempt.rows };
  await requireSlot(deps.temporal, { jobId, tenantId: attempt.tenant_id, userId: attempt.user_id }, signal);

  const { plan } = attempt;
  const format = await loadFormat(attempt.format);
  requireVersion(plan, format);

  let summary: SegmentSummary = {};
  let bytesOfFile = attempt.bytes_committed;
  const written = await writeSegment(deps, {
    target: {
      jobId,
      generation,
      segment,
      attempt: attempt.attempt,
      key: attempt.file_key,
      uploadId: attempt.upload_id,
    },
    segments: plan.segments,
    partSize: plan.partSize,
    mode: attempt.mode,
    signal,
    read: async (use) => {
      const { place, options } = attempt;
      const file = plan.files[place.file];
      if (file === undefined) throw new ServiceError('INTERNAL', `The plan has no file ${place.file}.`);
      const spec = await fileSpec({ ...attempt, job_id: jobId }, plan);
      const encoder = openSegment(spec, place, deps.formatResources);
      const columns = file.columns.map(({ name }) => name);
      const dataset = (): Dataset => datasetNamed(deps.registry, file.dataset);
      const lane = openLane(deps.source, dataset, { format, columns, options }, file);
      const select = segmentSql(file.query, attempt.lower, attempt.upper);
      const session = {
        timezone: plan.timezone,
        tenantId: attempt.tenant_id,
        userId: attempt.user_id,
        statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      };
      const take: UseBytes = (bytes) => {
        bytesOfFile += bytes.length;
        requireSize(bytesOfFile, plan.maxBytes);
        return use(bytes);
      };
      const encode = (chunk: RowBytes): Promise<void> | void => {
        progress.rows += chunk.rows;
        return encoder.write(chunk, take);
      };
      await lane.read(select, session, signal, encode);
      summary = await encoder.end(take);
    },
  });
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
    // Nobody knows of its piece, and a cancel may have cleaned up before it came.
    if (written.pieces.kind === 'held') await deps.store.delete(written.pieces.key);
    throw new ServiceError('SUPERSEDED', 'A later attempt took this segment over.');
  }
  const kind = { dataset: attempt.type, format: attempt.format };
  deps.metrics.segmentCommitted(kind, { rows, bytes: written.bytes });
  return { rows };
}

/** As long as the activity itself may take: PostgreSQL must not go on after it. */
const STATEMENT_TIMEOUT_MS = 30 * 60 * 1000;
