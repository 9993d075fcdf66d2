import { Context } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { JobFailure, JobRef, NotificationEvent } from '../../shared/contract.js';
import { ERRORS } from '../../shared/errors.js';
import { operatorEvent } from '../../shared/job/audit-events.js';
import { exportStart } from '../../shared/temporal/export-start.js';
import { jobOfRow, type JobRow } from '../../shared/job/row.js';
import { notificationStart, wantsNotification } from '../../shared/temporal/notification-start.js';
import { tuningFor } from '../../shared/temporal/tenant-weights.js';
import type { ActivityDeps } from '../deps.js';
import { exportStatus, isOpen } from './export-status.js';

const TERMINATED: JobFailure = { code: 'TERMINATED', message: ERRORS.TERMINATED.sentence };
const FAILURES: Partial<Record<string, JobFailure>> = {
  NOT_FOUND: TERMINATED,
  TERMINATED,
  TIMED_OUT: { code: 'TIMED_OUT', message: ERRORS.TIMED_OUT.sentence },
  FAILED: { code: 'INTERNAL', message: 'The export failed without recording a reason.' },
  CANCELLED: { code: 'TERMINATED', message: 'The export was canceled but could not clean up.' },
};

/** The event of what an operator did. It is recorded only if nobody requested a cancel: an erasure terminates, too. */
const ACTIONS: Partial<Record<string, 'export.canceled' | 'export.terminated'>> = {
  TERMINATED: 'export.terminated',
  CANCELLED: 'export.canceled',
};

/** A canceled export has already notified its user, unless the user canceled it. */
const EVENTS: Partial<Record<string, NotificationEvent>> = { COMPLETED: 'completed', FAILED: 'failed' };

type Deps = Pick<ActivityDeps, 'jobs' | 'temporal' | 'metrics' | 'limit' | 'tuning' | 'weights'>;

/**
 * Marks an export that died without recording its end as FAILED, and notifies its user. An export that runs again is
 * left alone. One that was admitted but never started, because its semaphore was terminated in between, is started now.
 */
export const settleExport =
  (deps: Deps) =>
  async ({ jobId }: JobRef): Promise<void> => {
    const { jobs, temporal, metrics } = deps;
    const status = await exportStatus(temporal.client, jobId);
    const failure = FAILURES[status];
    if (isOpen(status) || failure === undefined) return;
    const found = await jobs.find(jobId);
    if (found === null) return;
    if (status === 'NOT_FOUND' && found.status === 'QUEUED' && found.started_at === null) {
      return startMissing(deps, found);
    }
    const action = ACTIONS[status];
    const event = action === undefined ? undefined : operatorEvent(found, action);
    if (await jobs.fail(jobId, failure, event)) {
      metrics.exportFailed(failure.code);
      metrics.exportEnded({ dataset: found.type, format: found.format }, 'FAILED');
    }
    const row = await jobs.find(jobId);
    if (row !== null) await notifyOwner(deps, row);
  };

async function startMissing({ temporal, limit, tuning, weights }: Deps, row: JobRow): Promise<void> {
  Context.current().log.warn('starting an export that was admitted but never started', { job_id: row.job_id });
  const start = exportStart({ job: jobOfRow(row), limit, tuning: tuningFor(row.tenant_ref, tuning, weights) });
  await temporal.client.workflow.start('exportWorkflow', start).catch(unlessStarted);
}

/** The export may have died after publishing, before it could notify its user. */
async function notifyOwner({ temporal, tuning, weights }: Deps, row: JobRow): Promise<void> {
  const { job_id: jobId, tenant_ref: tenantId } = row;
  const event = EVENTS[row.shown_status];
  if (event === undefined || !wantsNotification(row)) return;
  const start = notificationStart({ jobId, tenantId, event }, row, tuningFor(tenantId, tuning, weights));
  await temporal.client.workflow.start('notificationWorkflow', start).catch(unlessStarted);
}

function unlessStarted(error: unknown): void {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
}
