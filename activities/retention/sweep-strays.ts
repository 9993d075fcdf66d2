import { Context } from '@temporalio/activity';
import { jobIdOfKey } from '../../shared/store/keys.js';
import { isActive } from '../../shared/job/lifecycle.js';
import type { ActivityDeps } from '../deps.js';

type Deps = Pick<ActivityDeps, 'jobs' | 'store' | 'metrics' | 'retryWindowMs'>;

/**
 * Deletes uploads and temporary objects that no job needs: leftovers of late attempts, or of deleted jobs. Unknown keys
 * are left alone, and so is everything younger than the retry window.
 */
export async function* deleteStrayUploads(deps: Deps, signal: AbortSignal): AsyncGenerator<void> {
  const { jobs, store } = deps;
  for (const { key, uploadId, startedAt } of await store.openUploads('', signal)) {
    const jobId = jobIdOfKey(key);
    if (jobId !== null && isOld(deps, startedAt)) {
      const row = await jobs.find(jobId);
      if (row === null || row.status === 'COMPLETED' || row.upload_id !== uploadId) {
        await store.abortUpload(key, uploadId);
        report(deps, { kind: 'upload', key, jobId });
      }
    }
    yield;
  }
}

export async function* deleteStrayObjects(deps: Deps, signal: AbortSignal): AsyncGenerator<void> {
  const { jobs, store } = deps;
  for await (const page of store.listPages('tmp/', signal)) {
    for (const { key, modifiedAt } of page) {
      const jobId = jobIdOfKey(key);
      if (jobId !== null && isOld(deps, modifiedAt)) {
        const row = await jobs.find(jobId);
        const isDone = row === null || row.status === 'COMPLETED';
        if (isDone || (row.upload_id === null && !isActive(row.status))) {
          await store.delete(key);
          report(deps, { kind: 'object', key, jobId });
        }
      }
      yield;
    }
  }
}

const isOld = ({ retryWindowMs }: Deps, date: Date): boolean => date.getTime() < Date.now() - retryWindowMs;

interface Stray {
  readonly kind: 'upload' | 'object';
  readonly key: string;
  readonly jobId: string;
}

function report({ metrics }: Deps, { kind, key, jobId }: Stray): void {
  metrics.orphanRemoved(kind);
  Context.current().log.warn('the sweep removed a leftover that no job needs', { kind, key, job_id: jobId });
}
