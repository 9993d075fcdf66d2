import type { JobFailure, JobSeed } from '../shared/contract.js';
import type { ActivityDeps } from './deps.js';

/** A run that cannot begin is in its user's list all the same, as an export that has failed. */
export const refuseScheduledExport =
  ({ jobs }: Pick<ActivityDeps, 'jobs'>) =>
  async ({ job, failure }: { job: JobSeed; failure: JobFailure }): Promise<void> => {
    await jobs.insertFailed(job, failure);
  };
