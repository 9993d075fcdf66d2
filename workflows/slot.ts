import { condition, getExternalWorkflowHandle } from '@temporalio/workflow';
import { slotsWorkflowId } from '../shared/temporal/names.js';
import type { ExportInput } from '../shared/temporal/inputs.js';
import { slotsTuning } from '../shared/temporal/tuning.js';
import { inlineActivities } from './activity-options.js';
import type { ExportState } from './export-state.js';
import { inlineFirst } from './inline-first.js';
import { releaseSignal } from '../shared/temporal/messages.js';
import { step } from './steps.js';

const STATUS_AFTER = { granted: 'PROCESSING', wait: 'QUEUED', ended: 'EXPIRED' } as const;

/**
 * Claims a slot, or waits for one. An admitted export already holds its slot; one that was reset after its end has to
 * claim one. The wait ends with a slot, a cancel or the execution timeout.
 * @returns false if the job has expired or was deleted, so there is nothing to export
 */
export async function waitForSlot(input: ExportInput, state: ExportState): Promise<boolean> {
  const { limit, tuning } = input;
  state.enter('waiting');
  for (;;) {
    state.slotGranted = false;
    const label = step('claim', `one of ${limit} slots`);
    const claimInput = { ...input, tuning: slotsTuning(tuning) };
    const { claim } = await inlineFirst(tuning, label, (steps) => steps.claimSlot(claimInput));
    state.status(STATUS_AFTER[claim]);
    if (claim !== 'wait') return claim === 'granted';
    await condition(() => state.slotGranted, tuning.claimEveryMs);
  }
}

/** Frees the slot with a workflow command. Without a semaphore there is nothing to free. */
export async function signalRelease({ job }: ExportInput): Promise<void> {
  await getExternalWorkflowHandle(slotsWorkflowId(job.tenantId, job.userId))
    .signal(releaseSignal, job.jobId)
    .catch(() => undefined);
}

/**
 * Frees the slot within the current workflow task, so that the workflow can end with it; a command would need one more
 * task. Only for an export that starts nothing after this: its run may have been terminated meanwhile.
 */
export async function releaseSlotInline(input: ExportInput): Promise<void> {
  const { jobId, tenantId, userId } = input.job;
  const slots = slotsWorkflowId(tenantId, userId);
  try {
    await inlineActivities(step('release', 'free the slot')).releaseSlot({ jobId, tenantId, slots });
  } catch {
    await signalRelease(input);
  }
}
