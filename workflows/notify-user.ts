import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, WorkflowIdReusePolicy, startChild } from '@temporalio/workflow';
import { notificationWorkflowId, type ExportInput, type NotificationEvent } from '../shared/contract.js';
import { notificationWorkflow } from './notification.js';

export const tellsSomebody = ({ job }: ExportInput): boolean =>
  job.request.notify.email !== undefined || job.request.notify.webhook_url !== undefined;

/** Starts the notification, once per job and event, and leaves it to itself. */
export async function notifyUser(input: ExportInput, event: NotificationEvent): Promise<void> {
  if (!tellsSomebody(input)) return;
  const { job, tuning } = input;
  const webhook = job.request.notify.webhook_url !== undefined;
  try {
    await startChild(notificationWorkflow, {
      workflowId: notificationWorkflowId(job.jobId, event),
      args: [{ jobId: job.jobId, tenantId: job.tenantId, event, webhook, tuning }],
      staticSummary: `${event}: ${job.request.type} as ${job.request.format}`,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      // An export that was reset after its end tells the user the same thing no second time.
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
