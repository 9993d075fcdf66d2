import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import type { ActiveJob, UserRef } from '../../shared/contract.js';
import { ownerQuery } from '../../shared/temporal/search-attributes.js';
import type { ActivityDeps } from '../deps.js';
import { isOpen, START_MS, workflowStatus } from '../slots/export-status.js';

/** Canceled workflows may take this long to clean up, ms. Then they are terminated. */
const CLEANUP_MS = 60_000;
const PAUSE_MS = 250;

/**
 * Cancels a user's exports and the active runs of their schedules, and waits until all have closed.
 * @returns how many exports were active
 */
export async function cancelAll(
  { jobs, temporal }: Pick<ActivityDeps, 'jobs' | 'temporal'>,
  user: UserRef,
  signal: AbortSignal,
): Promise<number> {
  const { client } = temporal;
  const active = await jobs.activeOf(user);
  for (const { jobId } of active) await jobs.requestCancel(jobId, null);
  const workflowIds = new Set(active.map(({ jobId }) => exportWorkflowId(jobId)));
  const query = `${ownerQuery(user)} AND ExecutionStatus = "Running"`;
  for await (const { workflowId } of client.workflow.list({ query })) workflowIds.add(workflowId);
  await forEachWorkflow(workflowIds, (workflowId) => client.workflow.getHandle(workflowId).cancel());
  await untilClosed(client, workflowIds, mayStillStart(active), signal);
  // If a workflow died, nothing else marks its export FAILED.
  for (const { jobId } of active)
    await jobs.fail(jobId, { code: 'TERMINATED', message: 'The export was deleted with its user’s data.' });
  return active.length;
}

/** Workflow ids of exports that were admitted but may not have been started yet. They would bring their rows back. */
const mayStillStart = (active: readonly ActiveJob[]): ReadonlySet<string> =>
  new Set(active.filter(({ status }) => status === 'QUEUED').map(({ jobId }) => exportWorkflowId(jobId)));

async function untilClosed(
  client: Client,
  workflowIds: ReadonlySet<string>,
  mayStart: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const begin = Date.now();
  const isWaitedFor = async (workflowId: string): Promise<boolean> => {
    const status = await workflowStatus(client, workflowId);
    if (status === 'NOT_FOUND') return mayStart.has(workflowId) && Date.now() < begin + START_MS;
    return isOpen(status);
  };
  while ((await Promise.all([...workflowIds].map(isWaitedFor))).includes(true)) {
    signal.throwIfAborted();
    if (Date.now() > begin + CLEANUP_MS) {
      await forEachWorkflow(workflowIds, (workflowId) => client.workflow.getHandle(workflowId).terminate('erased'));
    }
    await sleep(PAUSE_MS, undefined, { signal });
  }
}

async function forEachWorkflow(
  workflowIds: ReadonlySet<string>,
  act: (workflowId: string) => Promise<unknown>,
): Promise<void> {
  await Promise.all([...workflowIds].map((workflowId) => act(workflowId).catch(unlessGone)));
}

function unlessGone(error: unknown): void {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
}
