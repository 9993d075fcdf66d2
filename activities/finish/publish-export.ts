import { Context } from '@temporalio/activity';
import { temporaryPrefix } from '../../shared/store/keys.js';
import type { FinishedFile, JobRef } from '../../shared/contract.js';
import { messageOf } from '../../shared/errors.js';
import type { ActivityDeps } from '../deps.js';

export interface PublishInput extends JobRef {
  readonly file: FinishedFile;
  readonly urlTtlSeconds: number;
}

/** Completes the job with its file. The link is valid for `urlTtlSeconds` from the first call. */
export const publishExport =
  ({ jobs, store }: Pick<ActivityDeps, 'jobs' | 'store'>) =>
  async ({ jobId, file, urlTtlSeconds }: PublishInput): Promise<void> => {
    await jobs.complete(jobId, file, urlTtlSeconds);
    // The job is COMPLETED, so nothing below may fail it. The sweep removes what can't be removed now.
    const { cancellationSignal: signal, log } = Context.current();
    const leftovers = [store.deleteAll(temporaryPrefix(jobId), signal), store.abortUploadsOf(file.fileKey, signal)];
    for (const end of await Promise.allSettled(leftovers)) {
      if (end.status === 'rejected')
        log.warn('the cleanup failed; the sweep will repeat it', { reason: messageOf(end.reason) });
    }
  };
