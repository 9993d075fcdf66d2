import { temporaryPrefix, type JobRef } from '../shared/contract.js';
import type { ActivityDeps } from './deps.js';

/** After a cancel, when every attempt has ended: nothing of the export stays in the bucket. */
export const discardExport =
  ({ jobs, store }: Pick<ActivityDeps, 'jobs' | 'store'>) =>
  async ({ jobId }: JobRef): Promise<{ byOperator: boolean }> => {
    const row = await jobs.find(jobId);
    if (row === null) return { byOperator: false };
    if (row.file_key !== null) await store.abortUploadsOf(row.file_key);
    await store.deleteAll(temporaryPrefix(jobId));
    await jobs.cancel(jobId);
    return { byOperator: row.cancel_requested_at === null };
  };
