import type { JobFailure, JobSeed } from '../../shared/contract.js';
import type { ActivityDeps } from '../deps.js';

/** Records a run that can't start as a failed export, so that its user sees it in their list. */
export const refuseScheduledExport =
  ({ jobs }: Pick<ActivityDeps, 'jobs'>) =>
  async ({ job, failure }: { job: JobSeed; failure: JobFailure }): Promise<void> => {
    await jobs.insertFailed(job, failure);
  };
