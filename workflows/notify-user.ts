import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { ExportInput } from '../shared/temporal/inputs.js';
import type { NotificationEvent } from '../shared/contract.js';
import { notificationStart, wantsNotification } from '../shared/temporal/notification-start.js';
import { notificationWorkflow } from './notification.js';

/** Starts the notification, once per job and event, and doesn't wait for it. */
export async function notifyUser({ job, tuning }: ExportInput, event: NotificationEvent): Promise<void> {
  const { jobId, tenantId, request } = job;
  if (!wantsNotification(request)) return;
  try {
    await startChild(notificationWorkflow, {
      ...notificationStart({ jobId, tenantId, event }, request, tuning),
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
