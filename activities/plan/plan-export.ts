import { Context } from '@temporalio/activity';
import { fileKey } from '../../shared/store/keys.js';
import type { ExportRequest, JobRef } from '../../shared/contract.js';
import type { PlanDemand, PlanSummary, SizeTuning } from '../../shared/temporal/inputs.js';
import { ACCOUNT, accountDatasets } from '../../shared/datasets/account.js';
import { columnsUsed, type ColumnsUsed } from '../../shared/datasets/column-rights.js';
import { contentsOf, type Contents } from '../../shared/datasets/contents.js';
import { datasetNamed } from '../../shared/datasets/index.js';
import { withheldFrom } from '../../shared/datasets/withheld.js';
import { ServiceError } from '../../shared/errors.js';
import type { Bundle } from '../../shared/formats/file-spec.js';
import { fileKind } from '../../shared/formats/file-kind.js';
import { loadFormat, type LoadedFormat } from '../../shared/formats/load-format.js';
import { ownerOfRow, partiesOfRow, type JobRow } from '../../shared/job/row.js';
import { permittedRequest } from '../../shared/request/permitted-request.js';
import { permittedDatasets } from '../../shared/source/permitted-datasets.js';
import type { Plan } from '../../shared/job/plan-schema.js';
import { MIN_PART_BYTES, partSize } from '../../shared/plan/pieces.js';
import type { ActivityDeps } from '../deps.js';
import { canContinue } from '../file/can-continue.js';
import { createAbout } from '../file/outlines.js';
import { requireLimits, sumOver } from './plan-limits.js';
import { joinPlans, planFiles, type SizedSegment } from './plan-files.js';

export type PlanDeps = Pick<
  ActivityDeps,
  'jobs' | 'plans' | 'source' | 'store' | 'registry' | 'formatResources' | 'serviceVersion'
>;

export interface PlanInput extends JobRef {
  readonly sizes: SizeTuning;
  readonly demand: PlanDemand;
}

export interface MadePlan {
  readonly plan: Omit<PlanSummary, 'segmentRows'>;
  /** Whether the plan is new and its only segment is smaller than a part. */
  readonly isSmall: boolean;
}

/** Counts the rows and cuts them into segments, once per generation; later calls return the same plan. */
export async function planExport(deps: PlanDeps, input: PlanInput, signal: AbortSignal): Promise<MadePlan> {
  const { jobs, plans } = deps;
  const { jobId } = input;
  const row = await jobs.get(jobId);
  const format = await loadFormat(row.format);
  requireEncoder(format, input.demand.encoderVersion);
  const key = fileKey(row.user_id, jobId, fileKind(row).extension);
  const { generation, plan: existing } = await currentGeneration(deps, row, input, key, signal);
  if (existing !== null) {
    const { totalRows, segments } = existing;
    return { plan: { generation, totalRows, segments }, isSmall: false };
  }
  const { plan, segments, columnsUsed: used } = await makePlan(deps, row, format, input, signal);
  if (!(await plans.savePlan({ jobId, generation, fileKey: key, columnsUsed: used }, plan, segments))) {
    throw new ServiceError('SUPERSEDED', 'Another attempt has already planned this export.');
  }
  return {
    plan: { generation, totalRows: plan.totalRows, segments: segments.length },
    isSmall: segments.length === 1 && largestOf(segments) < MIN_PART_BYTES,
  };
}

/** @throws ServiceError WORKER_OUTDATED */
function requireEncoder({ encoderVersion }: LoadedFormat, least = 0): void {
  if (encoderVersion >= least) return;
  throw new ServiceError('WORKER_OUTDATED', 'This worker is older than one that has already worked on this export.');
}

/**
 * The job's generation and its plan, if it has one. Begins the next generation if `demand` asks for a later one, or for
 * one that this worker can continue.
 * @throws ServiceError WORKER_OUTDATED if this worker doesn't have the plan's mask key: another worker may have it
 */
async function currentGeneration(
  deps: PlanDeps,
  row: JobRow,
  { jobId, demand }: PlanInput,
  key: string,
  signal: AbortSignal,
): Promise<{ generation: number; plan: Plan | null }> {
  const { plans, source, store } = deps;
  const state = await plans.uploadState(jobId);
  if (state === null) throw new ServiceError('INTERNAL', `Job ${jobId} has no row.`);
  const { generation, plan } = state;
  const mustEnd =
    generation <= (demand.afterGeneration ?? 0) ||
    (demand.replaceUnusable === true && plan !== null && !(await canContinue(deps, row, plan)));
  if (!mustEnd && plan !== null) source.requireMaskKey(plan.maskKeyId);
  if (!mustEnd && (plan !== null || generation === 1)) return { generation, plan };
  if (mustEnd) await plans.endGeneration(jobId, generation);
  // Also after a reset, which may have begun this generation.
  await store.abortUploadsOf(key, signal);
  return { generation: mustEnd ? generation + 1 : generation, plan: null };
}

/** @throws ServiceError NOT_PERMITTED, DATASET_UNAVAILABLE, TOO_MANY_ROWS, FILE_TOO_LARGE, and those of the source */
async function makePlan(
  deps: PlanDeps,
  row: JobRow,
  format: LoadedFormat,
  { sizes, demand }: PlanInput,
  signal: AbortSignal,
): Promise<{ plan: Plan; segments: readonly SizedSegment[]; columnsUsed: ColumnsUsed }> {
  const { source, formatResources: resources } = deps;
  const plannedAt = new Date().toISOString();
  const timezone = String(row.options.timezone ?? 'UTC');
  const withHeadroom = demand.withHeadroom === true;
  const owner = ownerOfRow(row);
  const registry = await permittedDatasets(deps, row.type, partiesOfRow(row), signal);
  const contents = contentsOf(permittedRequest(requestFromRow(row), registry), owner, registry);
  const bundle = createBundle(row, contents, deps);
  const files = await planFiles(contents, {
    ...{ source, format, resources, sizes, signal, withHeadroom },
    ...(bundle === undefined ? {} : { bundle }),
    about: createAbout(row, plannedAt),
    session: { ...owner, timezone, statementTimeoutMs: Context.current().info.startToCloseTimeoutMs },
  });
  requireLimits(files, sizes);
  const segments = joinPlans(files, withHeadroom);
  const used = columnsUsed(contents.parts, deps.registry);
  const plan: Plan = {
    encoderVersion: format.encoderVersion,
    segments: segments.length,
    partSize: partSize(largestOf(segments), segments.length, withHeadroom),
    totalRows: sumOver(files, ({ totalRows }) => totalRows),
    maxBytes: sizes.maxBytes,
    files: files.map(({ planned }) => planned),
    ...(bundle === undefined ? {} : { bundle }),
    maskKeyId: hasHashes(used) ? source.maskKeyId : null,
    timezone,
    plannedAt,
  };
  return { plan, segments, columnsUsed: used };
}

const hasHashes = (used: ColumnsUsed): boolean =>
  Object.values(used).some((columns) => Object.values(columns).includes('hash'));

const largestOf = (segments: readonly SizedSegment[]): number => Math.max(...segments.map(({ bytes }) => bytes));

/** @throws ServiceError DATASET_UNAVAILABLE when this worker has no dataset for the archive */
function createBundle(
  { type, requested_by_ref: requestedBy }: JobRow,
  { parts }: Contents,
  { serviceVersion, registry }: Pick<PlanDeps, 'serviceVersion' | 'registry'>,
): Bundle | undefined {
  if (type !== ACCOUNT) return undefined;
  if (parts.length === 0) {
    throw new ServiceError('DATASET_UNAVAILABLE', 'This worker has no dataset with a userColumn.');
  }
  return {
    ...{ serviceVersion, requestedBy },
    withheld: parts.map(({ dataset }) => withheldFrom(datasetNamed(registry, dataset.name), dataset)),
    leftOutFiles: accountDatasets(registry).length - parts.length,
  };
}

function requestFromRow({ type, format, filters, columns, sort, options }: JobRow): ExportRequest {
  return { type, format, filters, columns, ...(sort === null ? {} : { sort }), options, notify: {} };
}
