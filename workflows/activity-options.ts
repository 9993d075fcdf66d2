import type { Priority } from '@temporalio/common';
import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ControlActivities, DataActivities, MailActivities, WebhookActivities } from '../activities/index.js';
import { CONTROL_QUEUE, DATA_QUEUE, MAIL_QUEUE, WEBHOOK_QUEUE } from '../shared/temporal/names.js';
import type { ActivityTuning, EventRef, Tuning } from '../shared/temporal/inputs.js';
import { fairnessOf } from '../shared/temporal/tenant-weights.js';
import type { StepLabel } from './steps.js';

/** Temporal's priorities: 1 goes before 3. */
const FIRST = 1;
const THEN = 3;

const retry = ({ maximumAttempts, initialIntervalMs, maximumIntervalMs }: ActivityTuning) => ({
  maximumAttempts,
  initialInterval: initialIntervalMs,
  maximumInterval: maximumIntervalMs,
  backoffCoefficient: 2,
});

/**
 * A cancel waits until the attempt has ended, because whatever it holds must be closed before its upload is aborted.
 */
const options = (tuning: ActivityTuning) => ({
  startToCloseTimeout: tuning.startToCloseMs,
  ...(tuning.heartbeatMs > 0 ? { heartbeatTimeout: tuning.heartbeatMs } : {}),
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: retry(tuning),
});

export const controlActivities = (tuning: Pick<Tuning, 'control'>, label?: StepLabel) =>
  proxyActivities<ControlActivities>({ ...options(tuning.control), ...label, taskQueue: CONTROL_QUEUE });

/** On the control queue, with the time limit of a finish: a sweep or an erasure may have many files to delete. */
export const longControlActivities = (tuning: Pick<Tuning, 'finish'>, label?: StepLabel) =>
  proxyActivities<ControlActivities>({ ...options(tuning.finish), ...label, taskQueue: CONTROL_QUEUE });

/** Local activities, within the workflow task: tried once, for steps that take milliseconds. See inline-first.ts. */
export const inlineActivities = ({ summary }: StepLabel) =>
  proxyLocalActivities<ControlActivities>({ scheduleToCloseTimeout: 1000, retry: { maximumAttempts: 1 }, summary });

/** Tried once, for two seconds at most, because a person is waiting for the answer. */
export const describeActivities = () =>
  proxyLocalActivities<ControlActivities>({ scheduleToCloseTimeout: 2000, retry: { maximumAttempts: 1 } });

/** Resend remembers a key for 24 hours: a later attempt could send a second mail. By then, most links are dead too. */
const MAIL_WITHIN_MS = 23 * 3_600_000;

export const mailActivities = (tuning: Tuning, tenantId: string) =>
  proxyActivities<MailActivities>({
    ...options(tuning.mail),
    scheduleToCloseTimeout: MAIL_WITHIN_MS,
    taskQueue: MAIL_QUEUE,
    priority: fairnessOf(tenantId, tuning),
  });

/** Enough for the whole schedule of attempts, even if a receiver asks for a pause of a day each time. */
const WEBHOOK_WITHIN_MS = 14 * 24 * 3_600_000;
const LONGEST_WEBHOOK_RETRY_MS = 5 * 60_000;

/**
 * The error of a failed attempt determines when the next one is due, if any; the intervals here are for attempts that
 * die silently. There is no attempt limit, because a deferred attempt gives its slot back and is retried.
 */
export function webhookActivities(tuning: Tuning, tenantId: string) {
  const { retryDelaysMs, timeoutMs, startToCloseMs } = tuning.webhook;
  const [initialInterval = 0] = retryDelaysMs;
  const { deliverWebhook } = proxyActivities<WebhookActivities>({
    startToCloseTimeout: startToCloseMs,
    scheduleToCloseTimeout: WEBHOOK_WITHIN_MS,
    taskQueue: WEBHOOK_QUEUE,
    priority: fairnessOf(tenantId, tuning),
    retry: { initialInterval, maximumInterval: LONGEST_WEBHOOK_RETRY_MS, backoffCoefficient: 2 },
  });
  return {
    deliverWebhook: (about: EventRef) => deliverWebhook({ ...about, retryDelaysMs, timeoutMs, onDemand: false }),
    redeliverWebhook: (about: EventRef) => deliverWebhook({ ...about, retryDelaysMs: [], timeoutMs, onDemand: true }),
  };
}

/**
 * Activities that read the source database. Tenants take turns, and a tenant's plans take turns of their own, separate
 * from its segments. If plans had a higher priority instead, one tenant's fifty plans would delay everybody else's
 * segments by ten seconds. Finishes may go first, because there are never more of them than segments that just ended.
 */
export function dataActivities(tuning: Tuning, tenantId: string) {
  const turns = fairnessOf(tenantId, tuning);
  const withPriority = (limits: ActivityTuning, priority: Priority) =>
    proxyActivities<DataActivities>({ ...options(limits), taskQueue: DATA_QUEUE, priority });
  const { planAndWriteIfSmall } = withPriority(tuning.plan, {
    ...turns,
    priorityKey: THEN,
    fairnessKey: `${turns.fairnessKey}/plan`,
  });
  const { exportSegment } = withPriority(tuning.segment, { ...turns, priorityKey: THEN });
  const { finishUpload } = withPriority(tuning.finish, { ...turns, priorityKey: FIRST });
  return { planAndWriteIfSmall, exportSegment, finishUpload };
}
