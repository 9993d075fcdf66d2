import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportWorkflowId, jobIdOfWorkflow } from '../../shared/temporal/names.js';
import type { UserRef } from '../../shared/contract.js';
import { ownerQuery } from '../../shared/temporal/search-attributes.js';
import type { ActivityDeps } from '../deps.js';
import { isOpen, workflowStatus } from '../slots/export-status.js';
import { jobsInSlots } from '../slots/query-slots.js';

/** Canceled workflows may take this long to clean up, ms. Then they are terminated. */
const CLEANUP_MS = 60_000;
const PAUSE_MS = 250;

/**
 * Cancels a user's exports and the active runs of their schedules, and waits until all have closed. An export that
 * starts later ends at its first step: its id is marked, so it gets no row.
 * @returns how many exports were active
 */
export async function cancelAll(
  { erasedIds, jobs, temporal }: Pick<ActivityDeps, 'erasedIds' | 'jobs' | 'temporal'>,
  user: UserRef,
  signal: AbortSignal,
): Promise<number> {
  const { client } = temporal;
  const active = await jobs.activeOf(user);
  const running: string[] = [];
  const query = `${ownerQuery(user)} AND ExecutionStatus = "Running"`;
  for await (const { workflowId } of client.workflow.list({ query })) running.push(workflowId);
  const jobIds = new Set([
    ...active.map(({ jobId }) => jobId),
    // An admitted export gets its row a moment later.
    ...(await jobsInSlots(temporal, user, signal)),
    ...running.flatMap((workflowId) => jobIdOfWorkflow(workflowId) ?? []),
  ]);
  await erasedIds.markJobs([...jobIds]);
  for (const { jobId } of active) await jobs.requestCancel(jobId, null);
  const workflowIds = new Set([...running, ...[...jobIds].map(exportWorkflowId)]);
  await forEachWorkflow(workflowIds, (workflowId) => client.workflow.getHandle(workflowId).cancel());
  await untilClosed(client, workflowIds, signal);
  // If a workflow died, nothing else marks its export FAILED.
  for (const { jobId } of active)
    await jobs.fail(jobId, { code: 'TERMINATED', message: 'The export was deleted with its user’s data.' });
  return active.length;
}

async function untilClosed(client: Client, workflowIds: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
  const begin = Date.now();
  const isRunning = async (workflowId: string): Promise<boolean> => isOpen(await workflowStatus(client, workflowId));
  while ((await Promise.all([...workflowIds].map(isRunning))).includes(true)) {
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
