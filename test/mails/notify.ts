import { CONTROL_QUEUE, notificationWorkflowId } from '../../shared/temporal/names.js';
import type { NotificationEvent } from '../../shared/contract.js';
import type { NotificationInput, Tuning } from '../../shared/temporal/inputs.js';
import { seedFor } from '../api/support.js';
import { FAST, type TestService } from '../support/service.js';
import type { Reader } from '../workflows/support.js';

export interface Notified {
  readonly user: Reader;
  readonly workflowId: string;
  readonly jobId: string;
}

/** A job that ended with this event, whose mails go to the user's address. */
export async function endedJob({ deps }: TestService, user: Reader, event: NotificationEvent): Promise<string> {
  const { jobs } = deps;
  const seed = seedFor(user);
  const job = { ...seed, request: { ...seed.request, notify: { email: user.email } } };
  const { jobId } = job;
  await jobs.insert(job);
  const file = { fileKey: 'k', rowCount: 5, fileSize: 50, checksum: 'crc32:0a1b2c3d', warnings: [] };
  if (event === 'completed') await jobs.complete(jobId, file, 86_400);
  if (event === 'failed') await jobs.fail(jobId, { code: 'TERMINATED', message: 'An operator ended it.' });
  if (event === 'cancelled') await jobs.cancel(jobId);
  return jobId;
}

/** Starts the notification of a job that ended with this event. */
export async function notify(
  service: TestService,
  user: Reader,
  event: NotificationEvent = 'completed',
  tuning: Tuning = FAST,
): Promise<Notified> {
  const jobId = await endedJob(service, user, event);
  const input: NotificationInput = { jobId, tenantId: user.tenantId, event, webhook: false, tuning };
  const workflowId = notificationWorkflowId(jobId, event);
  const options = { workflowId, taskQueue: CONTROL_QUEUE, args: [input] };
  await service.deps.temporal.client.workflow.start('notificationWorkflow', options);
  return { user, workflowId, jobId };
}
