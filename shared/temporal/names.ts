import type { NotificationEvent, UserRef } from '../contract.js';

/** Task queues, and the ids by which workflows find each other. */

/** Workflows and short activities. */
export const CONTROL_QUEUE = 'export-control';

/** Plan, segments, finish: what reads the source database and writes parts. */
export const DATA_QUEUE = 'export-data';

/** Mails. */
export const MAIL_QUEUE = 'export-mail';

/** Webhook deliveries, on their own queue: receivers decide how long they take, and nothing else may wait for them. */
export const WEBHOOK_QUEUE = 'export-webhooks';

export const exportWorkflowId = (jobId: string): string => `export/${jobId}`;

export const slotsWorkflowId = (tenantId: string, userId: string): string => `export-slots/${tenantId}/${userId}`;

export const notificationWorkflowId = (jobId: string, event: NotificationEvent): string =>
  `notification/${jobId}/${event}`;

export const erasureWorkflowId = ({ tenantId, userId }: UserRef): string => `erasure/${tenantId}/${userId}`;

export const redeliveryWorkflowId = (jobId: string): string => `redelivery/${jobId}`;

/** The job that a workflow is about; null where it is about none, or about several. */
export function jobIdOfWorkflow(workflowId: string): string | null {
  const [kind = '', jobId] = workflowId.split('/');
  return ['export', 'notification', 'redelivery'].includes(kind) ? (jobId ?? null) : null;
}
