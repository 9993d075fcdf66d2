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

/** The look: which of these exports are no longer open. Whoever cannot be described counts as alive. */
export const describeExports =
  ({ temporal }: Pick<ActivityDeps, 'temporal'>) =>
  async ({ jobIds }: { jobIds: readonly string[] }): Promise<string[]> => {
    const statuses = await Promise.all(jobIds.map((jobId) => exportStatus(temporal.client, jobId)));
    return jobIds.filter((_, index) => !isOpen(statuses[index] ?? 'RUNNING'));
  };
