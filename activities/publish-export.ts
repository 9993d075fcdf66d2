import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { temporaryPrefix, type FinishedFile, type JobRef, type Tuning } from '../shared/contract.js';
import { messageOf } from '../shared/errors.js';
import { askInTime } from '../shared/infrastructure/time-limit.js';
import { releaseSignal } from '../workflows/messages.js';
import type { ActivityDeps } from './deps.js';

/** The workflow releases what this does not release in time. */
const RELEASE_MS = 500;

export interface PublishInput extends JobRef {
  readonly file: FinishedFile;
  readonly tuning: Tuning;
  /** The semaphore (workflow id) whose slot is freed as well: the export then ends with this step. */
  readonly slots?: string;
}

/**
 * Makes the file the job's result. From here on there is a link, valid for `urlTtlSeconds` since the first time.
 * @returns undefined by earlier versions
 */
export const publishExport =
  ({ jobs, store, temporal }: Pick<ActivityDeps, 'jobs' | 'store' | 'temporal'>) =>
  async ({ jobId, file, tuning, slots }: PublishInput): Promise<{ released: boolean } | undefined> => {
    await jobs.complete(jobId, file, tuning.urlTtlSeconds);
    // The job is COMPLETED: nothing may fail it any more. What cannot be cleaned up now, the sweep takes.
    const { cancellationSignal: signal } = Context.current();
    const clean = [store.deleteAll(temporaryPrefix(jobId), signal), store.abortUploadsOf(file.fileKey, signal)];
    for (const end of await Promise.allSettled(clean)) {
      if (end.status === 'fulfilled') continue;
      Context.current().log.warn('leftovers are left to the sweep', { reason: messageOf(end.reason) });
    }
    return { released: slots !== undefined && (await release(temporal.client, slots, jobId)) };
  };

async function release(client: Client, slots: string, jobId: string): Promise<boolean> {
  try {
    await askInTime(client, RELEASE_MS, () => client.workflow.getHandle(slots).signal(releaseSignal, jobId));
    return true;
  } catch (error) {
    // A semaphore that is gone has nothing to release.
    return error instanceof WorkflowNotFoundError;
  }
}
