import { WorkflowNotFoundError } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportWorkflowId, type ErasureCounts, type UserRef } from '../shared/contract.js';
import { ServiceError } from '../shared/errors.js';
import { JobStore } from '../shared/infrastructure/job-store.js';
import { ScheduleStore } from '../shared/infrastructure/schedule-store.js';
import { ownerQuery } from '../shared/search-attributes.js';
import type { ActivityDeps } from './deps.js';
import { START_MS, isOpen, workflowStatus } from './describe-exports.js';
import { heartbeating } from './heartbeat.js';
import { removeJob } from './remove-job.js';

type Deps = Pick<ActivityDeps, 'jobs' | 'mails' | 'store' | 'temporal'>;

/** How long what was cancelled may take to tidy up. Then it is terminated: what is left has no owner any more. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 250;
const BATCH = 100;
/** A user whose token still works may go on asking for exports meanwhile, but not for ever. */
const ROUNDS = 5;

/**
 * Everything that the service keeps of a user in a tenant: schedules, so that nothing new begins, then what runs, then
 * files and rows, and what its mails left. May be repeated at any point; the counts are those of the last attempt.
 */
export const eraseUser =
  (deps: Deps) =>
  (user: UserRef): Promise<ErasureCounts> =>
    heartbeating(async (signal) => {
      const counts = { schedules: await deleteSchedules(deps, user), cancelled: 0, exports: 0, files: 0 };
      for (let round = 0; round < ROUNDS; round++) {
        counts.cancelled += await cancelAll(deps, user, signal);
        for (let removed = 1; removed > 0;) {
          const rows = await deps.jobs.list({ ...user, limit: BATCH });
          if (rows.length === 0) {
            await deps.mails.deleteOf(user);
            return counts;
          }
          removed = 0;
          for (const row of rows.filter(({ status }) => !JobStore.isActive(status))) {
            signal.throwIfAborted();
            const { hadFile } = await removeJob(deps, row, signal);
            removed += 1;
            counts.exports += 1;
            counts.files += hadFile ? 1 : 0;
          }
        }
      }
      throw new ServiceError('STILL_ACTIVE', 'The user goes on asking for exports.');
    });

async function deleteSchedules({ temporal }: Deps, user: UserRef): Promise<number> {
  const schedules = new ScheduleStore(temporal);
  let deleted = 0;
  for (const { scheduleId } of await schedules.list(user)) {
    if (await schedules.delete(user, scheduleId)) deleted += 1;
  }
  return deleted;
}

/** Cancels the user's exports and the runs of schedules that wait for theirs, and waits until none is open. */
async function cancelAll({ jobs, temporal }: Deps, user: UserRef, signal: AbortSignal): Promise<number> {
  const { client } = temporal;
  const active = await jobs.activeOf(user);
  for (const { jobId } of active) await jobs.requestCancel(jobId);
  const ids = new Set(active.map(({ jobId }) => exportWorkflowId(jobId)));
  const queued = active.filter(({ status }) => status === 'QUEUED');
  const mayStart = new Set(queued.map(({ jobId }) => exportWorkflowId(jobId)));
  const query = `${ownerQuery(user)} AND ExecutionStatus = "Running"`;
  for await (const { workflowId } of client.workflow.list({ query })) {
    ids.add(workflowId);
  }
  const each = (act: (workflowId: string) => Promise<unknown>): Promise<unknown> =>
    Promise.all([...ids].map((workflowId) => act(workflowId).catch(unlessGone)));
  await each((workflowId) => client.workflow.getHandle(workflowId).cancel());
  const [end, startBy] = [Date.now() + PATIENCE_MS, Date.now() + START_MS];
  while (await someOpen()) {
    signal.throwIfAborted();
    if (Date.now() > end) await each((workflowId) => client.workflow.getHandle(workflowId).terminate('erased'));
    await sleep(PAUSE_MS, undefined, { signal });
  }
  // Dead ones have rows that nobody would end.
  for (const { jobId } of active) await jobs.fail(jobId, { code: 'TERMINATED', message: 'The export was erased.' });
  return active.length;

  async function someOpen(): Promise<boolean> {
    // One that was admitted and is not there yet would bring its row back.
    const open = async (workflowId: string): Promise<boolean> => {
      const status = await workflowStatus(client, workflowId);
      const starts = status === 'NOT_FOUND' && mayStart.has(workflowId) && Date.now() < startBy;
      return starts || isOpen(status);
    };
    return (await Promise.all([...ids].map(open))).includes(true);
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
}
