import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { exportWorkflowId } from '../../shared/temporal/names.js';

/** How long it may take until an admitted export's workflow exists, ms. The client's request ends before that. */
export const START_MS = 10_000;

/** Status of the latest run of an export. Looked up by workflow id, so that a reset counts as the same export. */
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
