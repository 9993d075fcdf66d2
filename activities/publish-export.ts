import { Context } from '@temporalio/activity';
import { temporaryPrefix, type FinishedFile, type JobRef, type Tuning } from '../shared/contract.js';
import { messageOf } from '../shared/errors.js';
import type { ActivityDeps } from './deps.js';

/** Makes the file the job's result. From here on there is a link, valid for `urlTtlSeconds` since the first time. */
export const publishExport =
  ({ jobs, store }: Pick<ActivityDeps, 'jobs' | 'store'>) =>
  async ({ jobId, file, tuning }: JobRef & { file: FinishedFile; tuning: Tuning }): Promise<void> => {
    await jobs.complete(jobId, file, tuning.urlTtlSeconds);
    // The job is COMPLETED: nothing may fail it any more. What cannot be cleaned up now, the sweep takes.
    const clean = [store.deleteAll(temporaryPrefix(jobId)), store.abortUploadsOf(file.fileKey)];
    for (const end of await Promise.allSettled(clean)) {
      if (end.status === 'fulfilled') continue;
      Context.current().log.warn('leftovers are left to the sweep', { reason: messageOf(end.reason) });
    }
  };
