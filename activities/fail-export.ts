import type { JobFailure, JobRef } from '../shared/contract.js';
import type { ActivityDeps } from './deps.js';

/** Ends the row. Upload and temporary objects stay for the operator's retry, until the sweep takes them. */
export const failExport =
  ({ jobs }: Pick<ActivityDeps, 'jobs'>) =>
  async ({ jobId, failure }: JobRef & { failure: JobFailure }): Promise<void> => {
    await jobs.fail(jobId, failure);
  };
