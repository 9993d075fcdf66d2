import { Context } from '@temporalio/activity';
import type { ExportRequest, JobRef, PlanDemand, PlanSummary, Tuning } from '../shared/contract.js';
import { fileKey } from '../shared/contract.js';
import { ACCOUNT } from '../shared/datasets/account.js';
import { contentsOf, type Contents } from '../shared/datasets/contents.js';
import { messageOf, ServiceError } from '../shared/errors.js';
import type { Bundle } from '../shared/formats/file-spec.js';
import { fileKind } from '../shared/formats/file-kind.js';
import { formatNamed } from '../shared/formats/index.js';
import type { JobRow } from '../shared/infrastructure/job-row.js';
import { requirePermission } from '../shared/infrastructure/require-permission.js';
import type { Plan } from '../shared/infrastructure/plan-store.js';
import { MIN_PART_BYTES, partSize } from '../shared/pieces.js';
import type { ActivityDeps } from './deps.js';
import { makeSegment, type SegmentDeps, type SegmentInput } from './export-segment.js';
import { heartbeating } from './heartbeat.js';
import { openUpload } from './open-upload.js';
import { aboutOf } from './outlines.js';
import type { FilePlan } from './plan-file.js';
import { joinPlans, planFiles } from './plan-files.js';

export interface PlanInput extends JobRef {
  readonly tuning: Tuning;
  readonly demand: PlanDemand;
  /** The workflow knows what few rows are: one of an earlier version would have them written once more. */
  readonly writesFew?: boolean;
}

type Deps = Pick<ActivityDeps, 'jobs' | 'serviceVersion'> & SegmentDeps;

/**
 * Counts the rows and cuts them into segments, once per generation; later calls get the same plan. Few rows it writes as
 * well: they have waited for a reader of the source database already.
 */
export const planExport =
  (deps: Deps) =>
  (input: PlanInput): Promise<PlanSummary> =>
    heartbeating(async (signal) => {
      const { summary, few } = await plan(deps, input, signal);
      if (!few || input.writesFew !== true) return summary;
      const segmentRows = await onlySegment(deps, { ...input, ...summary, segment: 0 }, signal);
      return segmentRows === null ? summary : { ...summary, segmentRows };
    });

/** What writes few rows at once may take; it is a segment like every other after that. */
const AT_ONCE_MS = 2000;

/** @returns its rows; null when that is better left to an activity that can be seen, steered and retried */
async function onlySegment(deps: Deps, segment: SegmentInput, signal: AbortSignal): Promise<number | null> {
  try {
    if ((await openUpload(deps)(segment)).state !== 'open') return null;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(AT_ONCE_MS)]);
    return (await makeSegment(deps, segment, limited)).rows;
  } catch (error) {
    signal.throwIfAborted();
    Context.current().log.info('the only segment is left to its own activity', { reason: messageOf(error) });
    return null;
  }
}

async function plan(
  deps: Deps,
  { jobId, tuning, demand }: PlanInput,
  signal: AbortSignal,
): Promise<{ summary: PlanSummary; few: boolean }> {
  const { jobs, plans, source, store, registry, formatResources: resources } = deps;
  const row = await jobs.find(jobId);
  const state = await plans.uploadState(jobId);
  if (row === null || state === null) throw new ServiceError('INTERNAL', `The row of job ${jobId} is not there.`);
  const format = formatNamed(row.format);
  if (format.encoderVersion < (demand.encoderVersion ?? 0)) {
    throw new ServiceError('WORKER_OUTDATED', 'This worker is older than the one that met this export before.');
  }
  const key = fileKey(row.user_id, jobId, fileKind(row).extension);
  let { generation } = state;
  if (generation <= (demand.afterGeneration ?? 0)) {
    await plans.endGeneration(jobId, generation);
    await store.abortUploadsOf(key, signal);
    generation += 1;
  } else if (state.plan !== null) {
    const { totalRows, segments } = state.plan;
    return { summary: { generation, totalRows, segments }, few: false };
  }

  const plannedAt = new Date().toISOString();
  const timezone = String(row.options.timezone ?? 'UTC');
  const roomy = demand.roomy === true;
  const owner = { tenantId: row.tenant_id, userId: row.user_id };
  await requirePermission(deps, row.type, owner, signal);
  const contents = contentsOf(requestOf(row), owner, registry);
  const bundle = bundleOf(row, contents, deps.serviceVersion);
  const files = await planFiles(contents, {
    ...{ source, format, resources, tuning, signal, roomy },
    ...(bundle === undefined ? {} : { bundle }),
    about: aboutOf(row, plannedAt),
    session: { ...owner, timezone, statementTimeoutMs: tuning.plan.startToCloseMs },
  });
  requireLimits(files, tuning);
  const segments = joinPlans(files, roomy);
  const largest = Math.max(...segments.map(({ bytes }) => bytes));
  const made: Plan = {
    encoderVersion: format.encoderVersion,
    segments: segments.length,
    partSize: partSize(largest, segments.length, roomy),
    totalRows: sumOver(files, ({ totalRows }) => totalRows),
    maxBytes: tuning.maxBytes,
    files: files.map(({ planned }) => planned),
    ...(bundle === undefined ? {} : { bundle: { serviceVersion: bundle.serviceVersion } }),
    timezone,
    plannedAt,
  };
  if (!(await plans.savePlan({ jobId, generation, fileKey: key }, made, segments))) {
    throw new ServiceError('SUPERSEDED', 'Another attempt has planned this export.');
  }
  const summary = { generation, totalRows: made.totalRows, segments: segments.length };
  return { summary, few: segments.length === 1 && largest < MIN_PART_BYTES };
}

/** @throws ServiceError DATASET_UNAVAILABLE when this worker has nothing to put into one */
function bundleOf({ type }: JobRow, { parts }: Contents, serviceVersion: string): Bundle | undefined {
  if (type !== ACCOUNT) return undefined;
  if (parts.length === 0) {
    throw new ServiceError('DATASET_UNAVAILABLE', 'This worker has no dataset with a userColumn.');
  }
  return { serviceVersion, datasets: parts.map(({ dataset }) => dataset.name) };
}

function requestOf({ type, format, filters, columns, options }: JobRow): ExportRequest {
  return { type, format, filters, columns, options, notify: {} };
}

/** @throws ServiceError TOO_MANY_ROWS, FILE_TOO_LARGE */
function requireLimits(files: readonly FilePlan[], { maxRows, maxBytes }: Tuning): void {
  const rows = sumOver(files, ({ totalRows }) => totalRows);
  if (rows > maxRows) {
    throw new ServiceError('TOO_MANY_ROWS', `The export has ${rows} rows; at most ${maxRows} are allowed.`);
  }
  const bytes = sumOver(files, ({ totalRows, leastRowBytes }) => totalRows * leastRowBytes);
  if (bytes > maxBytes) {
    throw new ServiceError(
      'FILE_TOO_LARGE',
      `The file would have about ${Math.ceil(bytes)} bytes; at most ${maxBytes} are allowed.`,
    );
  }
}

const sumOver = (files: readonly FilePlan[], of: (file: FilePlan) => number): number =>
  files.reduce((sum, file) => sum + of(file), 0);
