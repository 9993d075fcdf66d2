import { temporaryPrefix, type FinishedFile, type JobRef, type Tuning } from '../shared/contract.js';
import type { ActivityDeps } from './deps.js';

/** Makes the file the job's result. From here on there is a link, valid for `urlTtlSeconds` since the first time. */
export const publishExport =
  ({ jobs, store }: Pick<ActivityDeps, 'jobs' | 'store'>) =>
  async ({ jobId, file, tuning }: JobRef & { file: FinishedFile; tuning: Tuning }): Promise<void> => {
    await jobs.complete(jobId, file, tuning.urlTtlSeconds);
    await Promise.all([store.deleteAll(temporaryPrefix(jobId)), store.abortUploadsOf(file.fileKey)]);
  };
