import type { JobFailure, JobRef } from '../../shared/contract.js';
import type { ActivityDeps } from '../deps.js';

/** Marks the job FAILED. Its upload and temporary objects stay until the sweep, in case an operator retries it. */
export const failExport =
  ({ jobs, metrics }: Pick<ActivityDeps, 'jobs' | 'metrics'>) =>
  async ({ jobId, failure }: JobRef & { failure: JobFailure }): Promise<void> => {
    if (await jobs.fail(jobId, failure)) metrics.exportFailed(failure.code);
  };
