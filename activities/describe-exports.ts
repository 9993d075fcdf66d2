import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { exportWorkflowId } from '../shared/contract.js';
import type { ActivityDeps } from './deps.js';

/** How the latest run of an export stands, by workflow id, so that a reset counts as the same export. */
export const exportStatus = (client: Client, jobId: string): Promise<string> =>
  workflowStatus(client, exportWorkflowId(jobId));

export async function workflowStatus(client: Client, workflowId: string): Promise<string> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'NOT_FOUND';
    throw error;
  }
}

export const isOpen = (status: string): boolean => status === 'RUNNING' || status === 'PAUSED';

/** How long an export may take from its admission until it can be described: a client is answered before that. */
export const START_MS = 10_000;

/**
 * The look: which of these exports are no longer open. Whoever cannot be described counts as alive; so does one that is
 * not there, but was admitted a moment ago, maybe by a semaphore that has been ended since.
 */
export const describeExports = ({ jobs, temporal }: Pick<ActivityDeps, 'jobs' | 'temporal'>) => {
  const isDead = async (jobId: string): Promise<boolean> => {
    const status = await exportStatus(temporal.client, jobId);
    if (status !== 'NOT_FOUND') return !isOpen(status);
    const row = await jobs.find(jobId);
    return row?.status !== 'QUEUED' || Date.now() - row.created_at.getTime() > START_MS;
  };
  return async ({ jobIds }: { jobIds: readonly string[] }): Promise<string[]> => {
    const dead = await Promise.all(jobIds.map(isDead));
    return jobIds.filter((_, index) => dead[index]);
  };
};
