import type { ExportRequest, JobRef, PlanDemand, PlanSummary, Tuning } from '../shared/contract.js';
import { fileKey } from '../shared/contract.js';
import { datasetNamed } from '../shared/datasets/index.js';
import { ServiceError } from '../shared/errors.js';
import { fileKind } from '../shared/formats/file.js';
import { formatNamed } from '../shared/formats/index.js';
import type { JobRow } from '../shared/infrastructure/job-row.js';
import type { Plan, PlannedSegment } from '../shared/infrastructure/plan-store.js';
import { partSize } from '../shared/pieces.js';
import { MAX_SEGMENTS } from '../shared/segments.js';
import type { ActivityDeps } from './deps.js';
import { heartbeating } from './heartbeat.js';
import { aboutOf } from './outlines.js';
import { planFile, type FilePlan } from './plan-file.js';

export interface PlanInput extends JobRef {
  readonly tuning: Tuning;
  readonly demand: PlanDemand;
}

type Deps = Pick<ActivityDeps, 'jobs' | 'plans' | 'source' | 'store' | 'registry' | 'formatResources'>;

/** Counts the rows and cuts them into segments, once per generation; later calls get the same plan. */
export const planExport =
  (deps: Deps) =>
  ({ jobId, tuning, demand }: PlanInput): Promise<PlanSummary> =>
    heartbeating(async (signal) => {
      const { jobs, plans, source, store, registry, formatResources: resources } = deps;
      const row = await jobs.find(jobId);
      const state = await plans.uploadState(jobId);
      if (row === null || state === null) throw new ServiceError('INTERNAL', `The row of job ${jobId} is not there.`);
      const format = formatNamed(row.format);
      if (format.encoderVersion < (demand.encoderVersion ?? 0)) {
        throw new ServiceError('WORKER_OUTDATED', 'This worker is older than the one that met this export before.');
      }
      const key = fileKey(row.user_id, jobId, fileKind(format, row.options).extension);
      let { generation } = state;
      if (generation <= (demand.afterGeneration ?? 0)) {
        await plans.endGeneration(jobId, generation);
        await store.abortUploadsOf(key);
        generation += 1;
      } else if (state.plan !== null) {
        return { generation, totalRows: state.plan.totalRows, segments: state.plan.segments };
      }

      const plannedAt = new Date().toISOString();
      const timezone = String(row.options.timezone ?? 'UTC');
      const file = await planFile({
        ...{ source, format, resources, tuning, signal },
        dataset: datasetNamed(registry, row.type),
        request: requestOf(row),
        about: aboutOf(row, plannedAt),
        session: { timezone, tenantId: row.tenant_id, statementTimeoutMs: tuning.plan.startToCloseMs },
        roomy: demand.roomy === true,
        maxSegments: MAX_SEGMENTS,
      });
      requireLimits([file], tuning);
      const segments = withModes(file.segments);
      const segmentBytes = Math.max(...segments.map(({ rows }) => rows)) * file.rowBytes;
      const plan: Plan = {
        encoderVersion: format.encoderVersion,
        segments: segments.length,
        partSize: partSize(segmentBytes, segments.length, demand.roomy),
        totalRows: file.totalRows,
        maxBytes: tuning.maxBytes,
        files: [file.planned],
        timezone,
        plannedAt,
      };
      if (!(await plans.savePlan({ jobId, generation, fileKey: key }, plan, segments))) {
        throw new ServiceError('SUPERSEDED', 'Another attempt has planned this export.');
      }
      return { generation, totalRows: plan.totalRows, segments: segments.length };
    });

function requestOf({ type, format, filters, columns, options }: JobRow): ExportRequest {
  return { type, format, filters, columns, options, notify: {} };
}

/** @throws ServiceError TOO_MANY_ROWS, FILE_TOO_LARGE */
function requireLimits(files: readonly FilePlan[], { maxRows, maxBytes }: Tuning): void {
  const rows = files.reduce((sum, { totalRows }) => sum + totalRows, 0);
  if (rows > maxRows) {
    throw new ServiceError('TOO_MANY_ROWS', `The export has ${rows} rows; at most ${maxRows} are allowed.`);
  }
  const bytes = files.reduce((sum, { totalRows, leastRowBytes }) => sum + totalRows * leastRowBytes, 0);
  if (bytes > maxBytes) {
    throw new ServiceError(
      'FILE_TOO_LARGE',
      `The file would have about ${Math.ceil(bytes)} bytes; at most ${maxBytes} are allowed.`,
    );
  }
}

/**
 * Between two members the finish puts bytes that are too few for a part of their own: the smaller of the two segments
 * beside them is kept as a temporary object and joined with them.
 */
function withModes(segments: readonly Omit<PlannedSegment, 'mode'>[]): PlannedSegment[] {
  const held = new Set<number>();
  for (const [index, { place, rows }] of segments.entries()) {
    const before = segments[index - 1];
    if (before === undefined || before.place.member === place.member) continue;
    if (!held.has(index - 1)) held.add(before.rows <= rows ? index - 1 : index);
  }
  return segments.map((segment, index) => ({ ...segment, mode: held.has(index) ? 'held' : 'parts' }));
}
