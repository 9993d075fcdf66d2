import type { JobFailure, JobRef } from '../../shared/contract.js';
import type { ActivityDeps } from '../deps.js';

/** Ends the row. The upload and temporary objects stay for an operator's retry, until the sweep deletes them. */
export const failExport =
  ({ jobs, metrics }: Pick<ActivityDeps, 'jobs' | 'metrics'>) =>
  async ({ jobId, failure }: JobRef & { failure: JobFailure }): Promise<void> => {
    if (await jobs.fail(jobId, failure)) metrics.exportFailed(failure.code);
  };
