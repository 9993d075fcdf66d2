import { Context } from '@temporalio/activity';
import { jobIdOfKey, temporaryPrefix } from '../shared/contract.js';
import { JobStore } from '../shared/infrastructure/job-store.js';
import type { ActivityDeps } from './deps.js';

/** Jobs that one sweep handles of each kind; the next one, a minute later, takes the rest. */
const BATCH = 100;

/** Takes files whose link has expired, and uploads and temporary objects that nobody will go on with. */
export const sweep =
  (deps: Pick<ActivityDeps, 'jobs' | 'plans' | 'store' | 'retryWindowMs'>) => async (): Promise<void> => {
    const { jobs, plans, store, retryWindowMs } = deps;
    const { cancellationSignal } = Context.current();

    for (const { job_id: jobId, file_key: key } of await jobs.withExpiredFile(BATCH)) {
      cancellationSignal.throwIfAborted();
      if (key !== null) await store.delete(key);
      await jobs.markFileDeleted(jobId);
    }
    for (const { job_id: jobId, file_key: key, generation } of await jobs.withAbandonedUpload(retryWindowMs, BATCH)) {
      cancellationSignal.throwIfAborted();
      // First the generation: an operator's reset in between then opens the next one, and not the one that goes.
      if (!(await plans.endGeneration(jobId, generation))) continue;
      if (key !== null) await store.abortUploadsOf(key);
      await store.deleteAll(temporaryPrefix(jobId));
    }

    // What no row speaks of: a late attempt's leftovers, a job whose row is gone.
    const old = (when: Date): boolean => when.getTime() < Date.now() - retryWindowMs;
    const uploads = (await store.openUploads('')).filter(({ startedAt }) => old(startedAt));
    for (const { key, uploadId } of uploads) {
      cancellationSignal.throwIfAborted();
      if (await isOver(key, uploadId)) await store.abortUpload(key, uploadId);
    }
    const objects = (await store.list('tmp/')).filter(({ modifiedAt }) => old(modifiedAt));
    for (const { key } of objects) {
      cancellationSignal.throwIfAborted();
      if (await isOver(key, null)) await store.delete(key);
    }

    /** @param uploadId null for a temporary object */
    async function isOver(key: string, uploadId: string | null): Promise<boolean> {
      const jobId = jobIdOfKey(key);
      const row = jobId === null ? null : await jobs.find(jobId);
      if (row === null || row.status === 'COMPLETED') return true;
      if (uploadId !== null) return row.upload_id !== uploadId;
      return row.upload_id === null && !JobStore.isActive(row.status);
    }
  };
