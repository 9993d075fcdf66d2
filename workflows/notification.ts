import type { NotificationInput } from '../shared/contract.js';
import { mailActivities } from './activity-options.js';

/** Tells the user how an export ended, `notification/{job_id}/{event}`. It never holds an export or runs it again. */
export async function notificationWorkflow({ jobId, tenantId, event, tuning }: NotificationInput): Promise<void> {
  await mailActivities(tuning).sendEmail({ jobId, tenantId, event });
}
