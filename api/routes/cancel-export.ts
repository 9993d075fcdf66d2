import { WorkflowNotFoundError } from '@temporalio/client';
import { ServiceError } from '../../shared/errors.js';
import { jobEvent } from '../../shared/job/audit-events.js';
import { JOB_EXAMPLES, jobSchema } from '../../shared/job/schema.js';
import type { TemporalClient } from '../../shared/temporal/client.js';
import { isInvalid } from '../../shared/temporal/grpc-code.js';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { SILENCE_MS, withTimeLimit } from '../../shared/time-limit.js';
import { defineRoute } from '../http/define-route.js';
import type { ApiDeps } from '../deps.js';
import { originOf } from '../http/origin.js';
import { jobParams, ownedJob } from '../http/input.js';
import { isPassingFault, pauseAfter } from '../exports/passing-faults.js';
import { shownJob } from '../exports/shown-job.js';

export const cancelExport = defineRoute({
  method: 'post',
  path: '/v1/exports/:job_id/cancel',
  id: 'cancelExport',
  tag: 'Exports',
  summary: 'Cancel an active export',
  description:
    "The export becomes CANCELLED once its unfinished file is removed. An export that is already being completed isn't stopped. Safe to repeat.",
  scope: 'exports:write',
  params: jobParams,
  answers: {
    202: { description: 'The current state of the export', schema: jobSchema, example: JOB_EXAMPLES.processing },
  },
  problems: ['NOT_ACTIVE', 'TEMPORARILY_UNAVAILABLE'],
  handle:
    (deps) =>
    async ({ params: { job_id: jobId }, principal, request }) => {
      const row = await ownedJob(jobId, principal, deps);
      // Recorded before the workflow is canceled, because the export uses it to tell a user's cancellation from an
      // operator's.
      if (!(await deps.jobs.requestCancel(jobId, jobEvent(row, 'export.canceled', originOf(request))))) {
        throw new ServiceError('NOT_ACTIVE', `Export ${jobId} is no longer active.`);
      }
      await cancelWorkflow(jobId, deps);
      // It may have been erased meanwhile.
      const current = await ownedJob(jobId, principal, deps);
      return { status: 202, body: shownJob(current, principal, deps) };
    },
});

async function cancelWorkflow(jobId: string, { temporal, logger }: ApiDeps): Promise<void> {
  try {
    await sendCancel(jobId, temporal);
  } catch (error) {
    if (isInvalid(error)) throw error;
    if (!(error instanceof WorkflowNotFoundError)) {
      const sentence = "We couldn't cancel the export. Repeat the request.";
      throw new ServiceError('TEMPORARILY_UNAVAILABLE', sentence, { job_id: jobId }, { cause: error });
    }
    // Either the workflow is about to start, and its first step reads the request from the row. Or it was terminated or
    // timed out, and the semaphore hasn't noticed yet: there is nothing left to stop, but CANCELLED would be wrong
    // because the upload is still open. Within a minute the semaphore marks the export FAILED, and the sweep removes
    // the upload.
    logger.info({ job_id: jobId }, 'canceled an export whose workflow has not started yet, or is already gone');
  }
}

/** Retries the cancellation while the Temporal server restarts. */
async function sendCancel(jobId: string, { client }: TemporalClient): Promise<void> {
  const deadline = Date.now() + SILENCE_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      const sent = client.withDeadline(deadline, () => client.workflow.getHandle(exportWorkflowId(jobId)).cancel());
      await withTimeLimit(sent, Math.max(0, deadline - Date.now()));
      return;
    } catch (error) {
      if (!isPassingFault(error) || Date.now() >= deadline) throw error;
      await pauseAfter(attempt);
    }
  }
}
