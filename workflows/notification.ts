import { setCurrentDetails } from '@temporalio/workflow';
import type { EventRef, NotificationInput, RedeliveryInput, Tuning } from '../shared/temporal/inputs.js';
import { mailActivities, webhookActivities } from './activity-options.js';

/** The state of each channel: `email: sent, webhook: in progress`. */
class Channels {
  private readonly states = new Map<string, string>();

  /** @param delivery resolves to its outcome, in a word or two */
  async run(channel: string, delivery: Promise<string>): Promise<void> {
    this.show(channel, 'in progress');
    try {
      this.show(channel, await delivery);
    } catch (error) {
      this.show(channel, 'gave up');
      throw error;
    }
  }

  private show(channel: string, state: string): void {
    this.states.set(channel, state);
    setCurrentDetails([...this.states].map(([name, shown]) => `${name}: ${shown}`).join(', '));
  }
}

/**
 * Notifies the user how an export ended, `notification/{job_id}/{event}`. It never delays an export or runs it again.
 * Email and webhook are retried independently, and neither waits for the other.
 */
export async function notificationWorkflow({ webhook, tuning, ...about }: NotificationInput): Promise<void> {
  const channels = new Channels();
  const deliveries = [channels.run('email', email(about, tuning))];
  if (webhook) deliveries.push(channels.run('webhook', postWebhook(about, tuning)));
  const failed = (await Promise.allSettled(deliveries)).find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function email({ jobId, tenantId, event }: EventRef, tuning: Tuning): Promise<string> {
  const { sent, skipped } = await mailActivities(tuning, tenantId).sendEmail({ jobId, tenantId, event });
  if (skipped !== undefined) return `skipped (${skipped})`;
  return sent ? 'sent' : 'no recipient';
}

async function postWebhook({ jobId, tenantId, event }: EventRef, tuning: Tuning): Promise<string> {
  await webhookActivities(tuning, tenantId).deliverWebhook({ jobId, tenantId, event });
  return 'delivered';
}

/** Sends a webhook once more, `redelivery/{job_id}`, because the user requested it and is waiting for the outcome. */
export async function redeliveryWorkflow({ jobId, tenantId, event, tuning }: RedeliveryInput): Promise<void> {
  await webhookActivities(tuning, tenantId).redeliverWebhook({ jobId, tenantId, event });
}
