import { WorkflowNotFoundError } from '@temporalio/client';
import type { RequestHandler } from 'express';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { ServiceError } from '../../shared/errors.js';
import type { JobRow } from '../../shared/job/row.js';
import { isInvalid } from '../../shared/temporal/grpc-code.js';
import type { TemporalClient } from '../../shared/temporal/client.js';
import { SILENCE_MS, withTimeLimit } from '../../shared/time-limit.js';
import type { ApiDeps } from '../deps.js';
import { ownedJob } from '../input.js';
import { jobView } from '../../shared/job/view.js';
import { isPassingFault, pauseAfter } from '../passing-faults.js';
import { JOB_EXAMPLES, jobSchema } from '../../shared/job/schema.js';
import type { Described } from '../openapi/operation.js';

/** Tells the workflow. A server that is just restarting is asked again. */
async function tell(jobId: string, { client }: TemporalClient): Promise<void> {
  const deadline = Date.now() + SILENCE_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      const told = client.withDeadline(deadline, () => client.workflow.getHandle(exportWorkflowId(jobId)).cancel());
      await withTimeLimit(told, Math.max(0, deadline - Date.now()));
      return;
    } catch (error) {
      if (!isPassingFault(error) || Date.now() >= deadline) throw error;
      await pauseAfter(attempt);
    }
  }
}

async function cancelWorkflow({ job_id: jobId }: JobRow, { temporal, logger }: ApiDeps): Promise<void> {
  try {
    await tell(jobId, temporal);
  } catch (error) {
    if (isInvalid(error)) throw error;
    if (!(error instanceof WorkflowNotFoundError)) {
      const sentence = 'The cancel could not be passed on; please repeat it.';
      throw new ServiceError('TEMPORARILY_UNAVAILABLE', sentence, { job_id: jobId }, { cause: error });
    }
    // Either its start is still on its way: then its first step meets the request in the row. Or the row says active,
    // but nothing runs: the export was terminated or timed out, and the semaphore's look has not found it yet. Nothing
    // is left to stop, which is all that the caller wants. CANCELLED would be untrue (its upload is still open): within
    // a minute the look says FAILED, with the reason, and the sweep takes what is left.
    logger.info({ job_id: jobId }, 'a cancel met an export that is not there yet, or is dead already');
  }
}

/** `POST /v1/exports/{job_id}/cancel`: asks; the job says CANCELLED when its upload is gone. May be repeated. */
export function cancelExport(deps: ApiDeps): RequestHandler {
  return async (request, response) => {
    const row = await ownedJob(request, deps);
    // Before the cancel itself: the export looks at it to tell a user's cancel from an operator's.
    if (!(await deps.jobs.requestCancel(row.job_id))) {
      throw new ServiceError('NOT_ACTIVE', `Export ${row.job_id} is not active any more.`);
    }
    await cancelWorkflow(row, deps);
    const now = await deps.jobs.find(row.job_id);
    response.status(202).json(jobView(now ?? row, deps.settings));
  };
}

export const cancelExportOperation: Described = {
  id: 'cancelExport',
  tag: 'Exports',
  summary: 'Cancel an active export',
  description:
    'Asks for it; the export says CANCELLED when nothing of it is left. One that is being finished still completes. May be repeated.',
  scope: 'exports:write',
  answers: {
    202: { description: 'The current state of the export', schema: jobSchema, example: JOB_EXAMPLES.processing },
  },
  problems: ['NOT_ACTIVE', 'TEMPORARILY_UNAVAILABLE'],
};
