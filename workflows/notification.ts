import { setCurrentDetails } from '@temporalio/workflow';
import type { NotificationInput, RedeliveryInput } from '../shared/contract.js';
import { mailActivities, webhookActivities } from './activity-options.js';

/**
 * Tells the user how an export ended, `notification/{job_id}/{event}`. It never holds an export or runs it again. Mail
 * and webhook each have their own patience, and neither waits for the other.
 */
export async function notificationWorkflow({
  jobId,
  tenantId,
  event,
  webhook = false,
  tuning,
}: NotificationInput): Promise<void> {
  const about = { jobId, tenantId, event };
  const ways = new Map<string, string>();
  async function by(way: string, told: Promise<string>): Promise<void> {
    const now = (state: string): void => {
      ways.set(way, state);
      setCurrentDetails([...ways].map(([name, how]) => `${name}: ${how}`).join(', '));
    };
    now('under way');
    await told.then(
      (end) => {
        now(end);
      },
      (error: unknown) => {
        now('given up');
        throw error;
      },
    );
  }
  const mail = async (): Promise<string> => {
    const { sent, skipped } = await mailActivities(tuning, tenantId).sendEmail(about);
    return skipped === undefined ? (sent ? 'sent' : 'nobody to write to') : `skipped (${skipped})`;
  };
  const post = async (): Promise<string> => {
    await webhookActivities(tuning, tenantId).deliverWebhook(about);
    return 'delivered';
  };
  const ends = await Promise.allSettled([by('email', mail()), ...(webhook ? [by('webhook', post())] : [])]);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Sends a webhook once more, `redelivery/{job_id}`: the user asked, and looks at what comes of it. */
export async function redeliveryWorkflow({ jobId, tenantId, event, tuning }: RedeliveryInput): Promise<void> {
  await webhookActivities(tuning, tenantId).redeliverWebhook({ jobId, tenantId, event });
}
