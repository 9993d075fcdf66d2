import { ApplicationFailure } from '@temporalio/workflow';
import type { ExportInput, PlanDemand, PlanSummary } from '../shared/temporal/inputs.js';
import type { FinishedFile } from '../shared/contract.js';
import type { ErrorCode } from '../shared/errors.js';
import { sizeTuning } from '../shared/temporal/tuning.js';
import { dataActivities } from './activity-options.js';
import type { ExportState } from './export-state.js';
import { codeOf, detailsOf } from './failures.js';
import { exportSegments, finish } from './fill-upload.js';
import { inlineFirst } from './inline-first.js';
import { waitForSlot } from './slot.js';
import { step } from './steps.js';

/** How often each of these errors starts another round before it fails the export. */
const TOLERATED: Partial<Record<ErrorCode, number>> = {
  SLOT_LOST: 10,
  UPLOAD_LOST: 2,
  PLAN_OUTDATED: 2,
  PLAN_OUTGROWN: 1,
};
/** Limit for all rounds, including those lost to dead uploads; beyond it, an operator should look at the store. */
const MAX_ROUNDS = 20;

/** Plans, opens the upload, exports the segments and finishes; repeats, within limits, until the file is complete. */
export async function makeFile(input: ExportInput, state: ExportState): Promise<FinishedFile> {
  const errors = new ToleratedErrors();
  let demand: PlanDemand = {};
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const plan = await planRound(input, state, round === 0 ? { ...demand, replaceUnusable: true } : demand, round);
    try {
      const upload = await ensureUpload(input, plan);
      if (upload.state === 'complete') return upload.file;
      // The upload was dead, so its plan no longer counts.
      if (upload.state === 'replaced') continue;
      state.planned(plan);
      await exportSegments(input, plan, state);
      return await finish(input, plan, state);
    } catch (error) {
      const code = errors.tolerate(error);
      if (code === 'SLOT_LOST') await waitForSlot(input, state);
      else demand = nextDemand(demand, code, plan.generation, detailsOf(error));
    }
  }
  throw ApplicationFailure.nonRetryable('The upload was lost too often.', 'UPLOAD_LOST');
}

function planRound(input: ExportInput, state: ExportState, demand: PlanDemand, round: number): Promise<PlanSummary> {
  const { job, tuning } = input;
  const { jobId, tenantId, request } = job;
  state.enter('planning');
  const label = step('plan', `${request.type} as ${request.format}${round === 0 ? '' : ', again'}`);
  const { planAndWriteIfSmall } = dataActivities(tuning, tenantId);
  return planAndWriteIfSmall.executeWithOptions(label, [{ jobId, tenantId, demand, sizes: sizeTuning(tuning) }]);
}

async function ensureUpload({ job, tuning }: ExportInput, { generation, segmentRows }: PlanSummary) {
  // If the plan has written the only segment, it has also opened the upload.
  if (segmentRows !== null) return { state: 'open' } as const;
  const { jobId, tenantId } = job;
  const label = step('open-upload', `generation ${generation}`);
  return inlineFirst(tuning, label, (steps) => steps.openUpload({ jobId, tenantId, generation }));
}

/** Counts the errors that another round may fix. */
class ToleratedErrors {
  private readonly seen = new Map<ErrorCode, number>();

  /** @throws the error itself if it isn't tolerated, or has occurred too often */
  tolerate(error: unknown): ErrorCode {
    const code = codeOf(error);
    if (code === null) throw error;
    const times = (this.seen.get(code) ?? 0) + 1;
    if (times > (TOLERATED[code] ?? 0)) throw error;
    this.seen.set(code, times);
    return code;
  }
}

function nextDemand(
  demand: PlanDemand,
  code: ErrorCode,
  generation: number,
  { encoderVersion }: { readonly encoderVersion?: unknown },
): PlanDemand {
  if (code === 'PLAN_OUTGROWN') return { ...demand, afterGeneration: generation, withHeadroom: true };
  if (code !== 'PLAN_OUTDATED') return demand;
  const newer = { ...demand, afterGeneration: generation };
  return typeof encoderVersion === 'number' ? { ...newer, encoderVersion } : newer;
}
