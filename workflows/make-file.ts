import { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { ExportInput, FinishAnswer, FinishedFile, PlanDemand, PlanSummary } from '../shared/contract.js';
import type { ErrorCode } from '../shared/errors.js';
import { dataActivities, longControlActivities } from './activity-options.js';
import type { ExportState } from './export-state.js';
import { codeOf, detailsOf } from './failures.js';
import { inlineFirst } from './inline-first.js';
import { inTurns } from './in-turns.js';
import { claimSlot } from './slot.js';
import { segmentStep, step, type ShownAs } from './visible.js';

/** How often each surprise is answered by another round before it ends the export. */
const PATIENCE: Partial<Record<ErrorCode, number>> = {
  SLOT_LOST: 10,
  UPLOAD_LOST: 2,
  PLAN_OUTDATED: 2,
  PLAN_OUTGROWN: 1,
};
/** Generations that a plan may lose to a dead upload before somebody should look at the store. */
const MAX_ROUNDS = 20;
/** How often a finish may send segments back. */
const FINISH_ROUNDS = 3;

/** Plan, upload, segments, finish; as often as it takes, within limits, until the object is complete. */
export async function makeFile(input: ExportInput, state: ExportState): Promise<FinishedFile> {
  const { jobId, tenantId, request } = input.job;
  const { planExport } = dataActivities(input.tuning, tenantId);
  const met = new Map<ErrorCode, number>();
  let demand: PlanDemand = {};

  for (let round = 0; round < MAX_ROUNDS; round++) {
    state.enter('planning');
    const shown = step('plan', `${request.type} as ${request.format}${round === 0 ? '' : ', again'}`);
    const about = { jobId, tenantId, tuning: input.tuning, demand, writesFew: true };
    const plan = await planExport.executeWithOptions(shown, [about]);
    try {
      const { generation, segmentRows } = plan;
      if (segmentRows === undefined) {
        const opening = step('open-upload', `generation ${generation}`);
        const upload = await inlineFirst(input.tuning, opening, (steps) =>
          steps.openUpload({ jobId, tenantId, generation }),
        );
        if (upload.state === 'complete') return upload.file;
        // The upload had died, and what was planned for it does not count.
        if (upload.state === 'replaced') continue;
      }
      state.planned(plan);
      return await fillUpload(input, plan, state);
    } catch (error) {
      const code = codeOf(error);
      const patience = code === null ? undefined : PATIENCE[code];
      if (code === null || patience === undefined) throw error;
      const times = (met.get(code) ?? 0) + 1;
      if (times > patience) throw error;
      met.set(code, times);
      if (code === 'SLOT_LOST') await claimSlot(input, state);
      else demand = nextDemand(demand, code, plan.generation, detailsOf(error));
    }
  }
  throw ApplicationFailure.nonRetryable('The upload was lost again and again.', 'UPLOAD_LOST');
}

function nextDemand(
  demand: PlanDemand,
  code: ErrorCode,
  generation: number,
  { encoderVersion }: { readonly encoderVersion?: unknown },
): PlanDemand {
  if (code === 'PLAN_OUTGROWN') return { ...demand, afterGeneration: generation, roomy: true };
  if (code !== 'PLAN_OUTDATED') return demand;
  const newer = { ...demand, afterGeneration: generation };
  return typeof encoderVersion === 'number' ? { ...newer, encoderVersion } : newer;
}

async function fillUpload(input: ExportInput, plan: PlanSummary, state: ExportState): Promise<FinishedFile> {
  const { jobId, tenantId } = input.job;
  const { generation } = plan;
  const about = { jobId, tenantId, generation };
  const { exportSegment, finishUpload } = dataActivities(input.tuning, tenantId);
  // Of one segment there is nothing heavy to join, and no row to read: it does not wait for a reader, so that somebody's
  // few rows wait twice, not three times, while others export millions.
  const finish = (shown: ShownAs): Promise<FinishAnswer> =>
    plan.segments === 1
      ? inlineFirst(input.tuning, shown, (steps) => steps.finishUpload(about), longControlActivities)
      : finishUpload.executeWithOptions(shown, [about]);
  const run = (segments: readonly number[]): Promise<void> =>
    inTurns(segments, input.tuning.segmentsInFlight, async (segment) => {
      const shown = segmentStep(segment, plan.segments);
      const { rows } = await exportSegment.executeWithOptions(shown, [{ ...about, segment }]);
      state.segmentCommitted(segment, rows);
    });

  state.enter('exporting');
  if (plan.segmentRows === undefined) await run(Array.from({ length: plan.segments }, (_, segment) => segment));
  else state.segmentCommitted(0, plan.segmentRows);
  for (let round = 0; round <= FINISH_ROUNDS; round++) {
    state.enter('finishing');
    const shown = step('finish', `joins ${plan.segments} segments`);
    const answer = await CancellationScope.nonCancellable(() => finish(shown));
    if (answer.state === 'done') return answer.file;
    if (round === FINISH_ROUNDS) break;
    await run(answer.rerun.map(({ segment }) => segment));
  }
  throw ApplicationFailure.nonRetryable('The segments could not be joined.', 'INTERNAL');
}
