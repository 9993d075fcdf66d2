import { ApplicationFailure, CancellationScope, CancelledFailure, isCancellation } from '@temporalio/workflow';
import type { ExportInput, ExportResult } from '../shared/temporal/inputs.js';
import type { FinishedFile, JobFailure, NotificationEvent } from '../shared/contract.js';
import { wantsNotification } from '../shared/temporal/notification-start.js';
import { controlActivities } from './activity-options.js';
import { ExportState } from './export-state.js';
import { failureOf, reasonOf } from './failures.js';
import { inlineFirst } from './inline-first.js';
import { makeFile } from './make-file.js';
import { notifyUser } from './notify-user.js';
import { releaseSlotInline, signalRelease, waitForSlot } from './slot.js';
import { step } from './steps.js';

/**
 * One export, `export/{job_id}`.
 *
 *     waiting → planning → exporting → finishing → publishing → done    COMPLETED
 *     canceled before finishing: upload and temporary objects deleted   CANCELLED
 *     failed in any phase: the upload is kept for a retry               FAILED
 *
 * Every step looks at what exists before it creates anything. So an operator can reset the export to its beginning at
 * any time, even after its end. If the workflow ends without recording how, it keeps its slot until the semaphore finds
 * it dead; `settleExport` then ends its row.
 */
export async function exportWorkflow(input: ExportInput): Promise<ExportResult> {
  const state = new ExportState(input.job.request);
  try {
    if (!(await waitForSlot(input, state))) {
      await signalRelease(input);
      return { status: 'EXPIRED', rowCount: null, fileSize: null };
    }
    const file = await makeFile(input, state);
    return await CancellationScope.nonCancellable(() => publish(input, state, file));
  } catch (error) {
    // If an attempt fails after cancellation was requested, the error isn't a cancellation.
    if (isCancellation(error) || CancellationScope.current().consideredCancelled) {
      await CancellationScope.nonCancellable(() => discard(input, state));
      throw isCancellation(error) ? error : new CancelledFailure('The export was canceled.');
    }
    const failure = failureOf(error);
    await CancellationScope.nonCancellable(() => fail(input, state, failure));
    throw ApplicationFailure.nonRetryable(reasonOf(error), failure.code);
  }
}

async function publish(input: ExportInput, state: ExportState, file: FinishedFile): Promise<ExportResult> {
  const { job, tuning } = input;
  const { jobId, tenantId } = job;
  const { rowCount, fileSize } = file;
  state.enter('publishing');
  const label = step('publish', `${rowCount} rows, ${fileSize} bytes`);
  const { urlTtlSeconds } = tuning;
  await inlineFirst(tuning, label, (steps) => steps.publishExport({ jobId, tenantId, file, urlTtlSeconds }));
  state.completed(rowCount);
  if (wantsNotification(job.request)) await releaseAndNotify(input, 'completed');
  else await releaseSlotInline(input);
  state.enter('done');
  return { status: 'COMPLETED', rowCount, fileSize };
}

async function discard(input: ExportInput, state: ExportState): Promise<void> {
  const { jobId, tenantId } = input.job;
  const label = step('discard', 'abort the upload, remove temporary objects');
  const { discardExport } = controlActivities(input.tuning, label);
  const { byOperator } = await discardExport({ jobId, tenantId });
  state.status('CANCELLED');
  await (byOperator ? releaseAndNotify(input, 'cancelled') : signalRelease(input));
}

async function fail(input: ExportInput, state: ExportState, failure: JobFailure): Promise<void> {
  const { jobId, tenantId } = input.job;
  const { failExport } = controlActivities(input.tuning, step('fail', failure.code));
  await failExport({ jobId, tenantId, failure });
  state.failed(failure.code);
  await releaseAndNotify(input, 'failed');
}

/**
 * Frees the slot and notifies the user, both with one workflow task: nobody would notice that the notification is
 * missing if the export was terminated between the two.
 */
async function releaseAndNotify(input: ExportInput, event: NotificationEvent): Promise<void> {
  await Promise.all([signalRelease(input), notifyUser(input, event)]);
}
