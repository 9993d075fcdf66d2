import { Context } from '@temporalio/activity';
import { heldPrefix, temporaryPrefix } from '../../shared/store/keys.js';
import type { JobRef } from '../../shared/contract.js';
import { operatorEvent } from '../../shared/job/audit-events.js';
import { isActive } from '../../shared/job/lifecycle.js';
import type { ActivityDeps } from '../deps.js';

/**
 * Cleans up after a cancel, once every attempt has ended: nothing of the export stays in the bucket. An attempt that
 * missed its heartbeat may keep running, and commit until the job is canceled. After that, it deletes its own piece.
 */
export const discardExport =
  ({ jobs, store }: Pick<ActivityDeps, 'jobs' | 'store'>) =>
  async ({ jobId }: JobRef): Promise<{ byOperator: boolean }> => {
    const row = await jobs.find(jobId);
    if (row === null) return { byOperator: false };
    const { file_key: key, status } = row;
    const { cancellationSignal: signal } = Context.current();
    if (key !== null) await store.abortUploadsOf(key, signal);
    // A finish that failed may still have completed the object. A published file stays.
    if (key !== null && isActive(status)) await store.delete(key);
    await store.deleteAll(temporaryPrefix(jobId), signal);
    await jobs.cancel(jobId, operatorEvent(row, 'export.canceled'));
    // Again, for a late commit. Only of this generation: a reset may have begun the next one.
    await store.deleteAll(heldPrefix(jobId, row.generation), signal);
    return { byOperator: row.cancel_requested_at === null };
  };
