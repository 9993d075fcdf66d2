import { CONTROL_QUEUE, notificationWorkflowId } from './names.js';
import type { EventRef, NotificationInput, Tuning } from './inputs.js';

/** What of a request or of its row says who is told of what. */
interface Asked {
  readonly type: string;
  readonly format: string;
  readonly notify: { readonly email?: string | undefined; readonly webhook_url?: string | undefined };
}

export const wantsNotification = ({ notify }: Pick<Asked, 'notify'>): boolean =>
  notify.email !== undefined || notify.webhook_url !== undefined;

/** How a notification is started, whoever starts it: its export, or who finds that this has died without a word. */
export const notificationStart = (about: EventRef, { type, format, notify }: Asked, tuning: Tuning) => ({
  workflowId: notificationWorkflowId(about.jobId, about.event),
  taskQueue: CONTROL_QUEUE,
  args: [{ ...about, webhook: notify.webhook_url !== undefined, tuning }] as [NotificationInput],
  staticSummary: `${about.event}: ${type} as ${format}`,
  // An export that was reset after its end tells the user the same thing no second time.
  workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
});
