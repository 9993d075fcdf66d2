import { CONTROL_QUEUE, notificationWorkflowId } from './names.js';
import type { EventRef, NotificationInput, Tuning } from './inputs.js';

/** Fields that decide who gets notified. */
interface NotifiedExport {
  readonly type: string;
  readonly format: string;
  readonly notify: { readonly email?: string | undefined; readonly webhook_url?: string | undefined };
}

export const wantsNotification = ({ notify }: Pick<NotifiedExport, 'notify'>): boolean =>
  notify.email !== undefined || notify.webhook_url !== undefined;

/** Options to start a notification, used by the export itself and by the check for dead exports. */
export const notificationStart = (about: EventRef, { type, format, notify }: NotifiedExport, tuning: Tuning) => ({
  workflowId: notificationWorkflowId(about.jobId, about.event),
  taskQueue: CONTROL_QUEUE,
  args: [{ ...about, webhook: notify.webhook_url !== undefined, tuning }] as [NotificationInput],
  staticSummary: `${about.event}: ${type} as ${format}`,
  // An export that is reset after its end must not notify the user twice.
  workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
});
