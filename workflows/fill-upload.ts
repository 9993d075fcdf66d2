import { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { ExportInput, FinishAnswer, PlanSummary } from '../shared/temporal/inputs.js';
import type { FinishedFile } from '../shared/contract.js';
import { dataActivities, longControlActivities } from './activity-options.js';
import type { ExportState } from './export-state.js';
import { inlineFirst } from './inline-first.js';
import { inTurns } from './in-turns.js';
import { segmentStep, step } from './steps.js';

/** How often a finish may send segments back. */
const FINISH_ROUNDS = 3;

/** Exports every segment, unless the plan has already written the only one. */
export async function exportSegments(input: ExportInput, plan: PlanSummary, state: ExportState): Promise<void> {
  state.enter('exporting');
  if (plan.segmentRows === null) {
    const all = Array.from({ length: plan.segments }, (_, segment) => segment);
    await runSegments(input, plan, state, all);
  } else state.segmentCommitted(0, plan.segmentRows);
}

/** Joins the segments into the file. Exports those that the finish sends back again first. */
export async function finish(input: ExportInput, plan: PlanSummary, state: ExportState): Promise<FinishedFile> {
  for (let round = 0; round <= FINISH_ROUNDS; round++) {
    state.enter('finishing');
    const answer = await CancellationScope.nonCancellable(() => joinSegments(input, plan));
    if (answer.state === 'done') return answer.file;
    if (round === FINISH_ROUNDS) break;
    const again = answer.rerun.map(({ segment }) => segment);
    await runSegments(input, plan, state, again);
  }
  throw ApplicationFailure.nonRetryable("The segments couldn't be joined.", 'INTERNAL');
}

async function runSegments(
  { job, tuning }: ExportInput,
  { generation, segments }: PlanSummary,
  state: ExportState,
  wanted: readonly number[],
): Promise<void> {
  const { jobId, tenantId } = job;
  const { exportSegment } = dataActivities(tuning, tenantId);
  await inTurns(wanted, tuning.segmentsInFlight, async (segment) => {
    const label = segmentStep(segment, segments);
    const { rows } = await exportSegment.executeWithOptions(label, [{ jobId, tenantId, generation, segment }]);
    state.segmentCommitted(segment, rows);
  });
}

/**
 * A single segment is cheap to finish, so it skips the data queue: a small export then waits twice, not three times,
 * while others export millions of rows.
 */
function joinSegments({ job, tuning }: ExportInput, { generation, segments }: PlanSummary): Promise<FinishAnswer> {
  const { jobId, tenantId } = job;
  const upload = { jobId, tenantId, generation };
  const label = step('finish', `join ${segments} segments`);
  return segments === 1
    ? inlineFirst(tuning, label, (steps) => steps.finishUpload(upload), longControlActivities)
    : dataActivities(tuning, tenantId).finishUpload.executeWithOptions(label, [upload]);
}
