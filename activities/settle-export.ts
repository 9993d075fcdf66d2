import { Context } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { JobFailure, JobRef, NotificationEvent, Tuning } from '../shared/contract.js';
import { ERRORS } from '../shared/errors.js';
import { exportStart } from '../shared/export-start.js';
import { seedOf } from '../shared/infrastructure/job-row.js';
import { notificationStart, tellsSomebody } from '../shared/notification-start.js';
import type { ActivityDeps } from './deps.js';
import { exportStatus, isOpen } from './describe-exports.js';

const TERMINATED: JobFailure = { code: 'TERMINATED', message: ERRORS.TERMINATED.sentence };
const FAILURES: Partial<Record<string, JobFailure>> = {
  NOT_FOUND: TERMINATED,
  TERMINATED,
  TIMED_OUT: { code: 'TIMED_OUT', message: ERRORS.TIMED_OUT.sentence },
  FAILED: { code: 'INTERNAL', message: 'The export failed and could not say why.' },
  CANCELLED: { code: 'TERMINATED', message: 'The export was cancelled and could not clean up.' },
};

/** A cancel tells its user itself, or has its reasons. */
const EVENTS: Partial<Record<string, NotificationEvent>> = { COMPLETED: 'completed', FAILED: 'failed' };

/**
 * Ends the row of an export that died without a word, and tells its user. One that lives again is left alone. One that
 * was promised but never came to be, because its semaphore was terminated in that very moment, is started, and waits for
 * a slot.
 */
export const settleExport =
  ({ jobs, temporal, metrics, limit }: Pick<ActivityDeps, 'jobs' | 'temporal' | 'metrics' | 'limit'>) =>
  async ({ jobId, tenantId, tuning }: JobRef & { tuning: Tuning }): Promise<void> => {
    const status = await exportStatus(temporal.client, jobId);
    const failure = FAILURES[status];
    if (isOpen(status) || failure === undefined) return;
    const promised = status === 'NOT_FOUND' ? await jobs.find(jobId) : null;
    if (promised?.status === 'QUEUED' && promised.started_at === null) {
      Context.current().log.warn('an export that was promised is started now', { job_id: jobId });
      const start = exportStart({ job: seedOf(promised), limit, tuning });
      await temporal.client.workflow.start('exportWorkflow', start).catch(unlessStarted);
      return;
    }
    const failed = await jobs.fail(jobId, failure);
    if (failed) metrics.exportFailed(failure.code);

    const row = await jobs.find(jobId);
    // It may have been published, and ended before it could say so.
    const event = row === null ? undefined : EVENTS[row.shown_status];
    if (row === null || event === undefined) return;
    if (failed) metrics.exportEnded({ dataset: row.type, format: row.format }, 'FAILED');
    if (!tellsSomebody(row)) return;
    const start = notificationStart({ jobId, tenantId, event }, row, tuning);
    await temporal.client.workflow.start('notificationWorkflow', start).catch(unlessStarted);
  };

function unlessStarted(error: unknown): void {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
}
