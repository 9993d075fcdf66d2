import { condition, getExternalWorkflowHandle } from '@temporalio/workflow';
import { slotsWorkflowId, type ExportInput } from '../shared/contract.js';
import type { ExportState } from './export-state.js';
import { inlineFirst } from './inline-first.js';
import { releaseSignal } from './messages.js';
import { isVisible, step } from './visible.js';

const STATUS_OF = { granted: 'PROCESSING', wait: 'QUEUED', ended: 'EXPIRED' } as const;

/**
 * Takes the slot, or waits for it: an export that was admitted holds it already, one that was reset after its end
 * has to ask. The wait ends with a slot, a cancel or the execution's timeout.
 * @returns false when the job has expired or was deleted: there is nothing to make
 */
export async function claimSlot(input: ExportInput, state: ExportState): Promise<boolean> {
  const { job, limit, tuning } = input;
  state.enter('waiting');
  for (;;) {
    state.slotGranted = false;
    const shown = step('claim', `one of ${limit} slots of user ${job.userId}`);
    const { claim } = await inlineFirst(tuning, shown, (steps) => steps.claimSlot(input));
    if (isVisible()) state.status(STATUS_OF[claim]);
    if (claim !== 'wait') return claim === 'granted';
    await condition(() => state.slotGranted, tuning.claimEveryMs);
  }
}

/** A semaphore that is gone has nothing to release. */
export async function releaseSlot({ job }: ExportInput): Promise<void> {
  await getExternalWorkflowHandle(slotsWorkflowId(job.tenantId, job.userId))
    .signal(releaseSignal, job.jobId)
    .catch(() => undefined);
}
