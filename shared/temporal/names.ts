import type { NotificationEvent, UserRef } from '../contract.js';
import { tenantUuid, userUuid } from '../identity/uuids.js';

/** Task queue names, and the workflow ids that other workflows use. */

/** Workflows and short activities. */
export const CONTROL_QUEUE = 'export-control';

/** Plan, segments, finish: activities that read the source database and write parts. */
export const DATA_QUEUE = 'export-data';

/** Mails. */
export const MAIL_QUEUE = 'export-mail';

/** Webhook deliveries have their own queue, because slow receivers must not delay anything else. */
export const WEBHOOK_QUEUE = 'export-webhooks';

export const exportWorkflowId = (jobId: string): string => `export/${jobId}`;

/** The UUIDs of a user's tenant and of the user, as part of an id. */
const uuidsOf = (user: UserRef): string => `${tenantUuid(user.tenantId)}/${userUuid(user)}`;

export const slotsWorkflowId = (tenantId: string, userId: string): string =>
  `export-slots/${uuidsOf({ tenantId, userId })}`;

export const notificationWorkflowId = (jobId: string, event: NotificationEvent): string =>
  `notification/${jobId}/${event}`;

export const erasureWorkflowId = (user: UserRef): string => `erasure/${uuidsOf(user)}`;

export const redeliveryWorkflowId = (jobId: string): string => `redelivery/${jobId}`;

/** The job that a workflow belongs to; null if it belongs to none or to several. */
export function jobIdOfWorkflow(workflowId: string): string | null {
  const [kind = '', jobId] = workflowId.split('/');
  return ['export', 'notification', 'redelivery'].includes(kind) ? (jobId ?? null) : null;
}
