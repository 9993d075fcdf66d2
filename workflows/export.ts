import { ApplicationFailure, CancellationScope, CancelledFailure, isCancellation } from '@temporalio/workflow';
import { slotsWorkflowId, type ExportInput, type ExportResult, type NotificationEvent } from '../shared/contract.js';
import { tellsSomebody } from '../shared/notification-start.js';
import { controlActivities } from './activity-options.js';
import { ExportState } from './export-state.js';
import { failureOf, reasonOf } from './failures.js';
import { inlineFirst } from './inline-first.js';
import { makeFile } from './make-file.js';
import { notifyUser } from './notify-user.js';
import { claimSlot, releaseSlot } from './slot.js';
import { isInline, step } from './visible.js';

/**
 * One export, `export/{job_id}`: claim a slot, make the file, publish it, free the slot, tell the user.
 *
 * It may be cancelled until its segments are done, and reset to its beginning at any time, also after its end: every
 * step looks at what is there before it makes something. If it cannot even say how it ended, it keeps its slot; the
 * semaphore's look then finds it dead and settles its row.
 */
export async function exportWorkflow(input: ExportInput): Promise<ExportResult> {
  const state = new ExportState(input.job.request);
  const { jobId, tenantId } = input.job;
  const { failExport, discardExport } = controlActivities(input.tuning);

  try {
    if (!(await claimSlot(input, state))) {
      await releaseSlot(input);
      return { status: 'EXPIRED', rowCount: null, fileSize: null };
    }
    const file = await makeFile(input, state);
    return await CancellationScope.nonCancellable(async () => {
      state.enter('publishing');
      const { rowCount, fileSize } = file;
      const shown = step('publish', `${rowCount} rows, ${fileSize} bytes`);
      // With nobody to tell there is nothing to be one with.
      const slots = tellsSomebody(input.job.request) ? {} : { slots: slotsWorkflowId(tenantId, input.job.userId) };
      const published = await inlineFirst(input.tuning, shown, (steps) =>
        steps.publishExport({ jobId, tenantId, file, tuning: input.tuning, ...slots }),
      );
      state.completed(rowCount);
      if (published?.released !== true) await leave(input, 'completed');
      state.enter('done');
      return { status: 'COMPLETED', rowCount, fileSize };
    });
  } catch (error) {
    const failure = failureOf(error);
    // An attempt that fails, or is missed, while a cancel is on its way to it is not retried and says something else.
    const cancelled = isCancellation(error) || CancellationScope.current().consideredCancelled;
    await CancellationScope.nonCancellable(async () => {
      if (cancelled) {
        const shown = step('discard', 'aborts the upload, removes temporary objects');
        const { byOperator } = await discardExport.executeWithOptions(shown, [{ jobId, tenantId }]);
        state.status('CANCELLED');
        await leave(input, byOperator ? 'cancelled' : null);
      } else {
        await failExport.executeWithOptions(step('fail', failure.code), [{ jobId, tenantId, failure }]);
        state.failed(failure.code);
        await leave(input, 'failed');
      }
    });
    if (cancelled) throw isCancellation(error) ? error : new CancelledFailure('The export was cancelled.');
    throw ApplicationFailure.nonRetryable(reasonOf(error), failure.code);
  }
}

/**
 * Frees the slot and tells the user, as one: an export that is terminated between the two would be missed by nobody.
 * The notification takes longer to its first mail than the semaphore to the next slot.
 */
async function leave(input: ExportInput, event: NotificationEvent | null): Promise<void> {
  const tell = async (): Promise<void> => (event === null ? undefined : notifyUser(input, event));
  const released = releaseSlot(input);
  if (!isInline()) await released;
  await Promise.all([released, tell()]);
}
