import type { Priority } from '@temporalio/common';
import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ControlActivities, DataActivities, MailActivities, WebhookActivities } from '../activities/index.js';
import {
  CONTROL_QUEUE,
  DATA_QUEUE,
  MAIL_QUEUE,
  WEBHOOK_QUEUE,
  type ActivityTuning,
  type EventRef,
  type Tuning,
} from '../shared/contract.js';
import { turnsOf } from '../shared/tenant-weights.js';
import { DEFAULT_WEBHOOK_TUNING } from '../shared/tuning.js';
import type { ShownAs } from './visible.js';

const FIRST = 1;
const THEN = 3;

const retry = ({ maximumAttempts, initialIntervalMs, maximumIntervalMs }: ActivityTuning) => ({
  maximumAttempts,
  initialInterval: initialIntervalMs,
  maximumInterval: maximumIntervalMs,
  backoffCoefficient: 2,
});

/** A cancel waits until the attempt has ended: what it holds must be closed before its upload is aborted. */
const options = (tuning: ActivityTuning) => ({
  startToCloseTimeout: tuning.startToCloseMs,
  ...(tuning.heartbeatMs > 0 ? { heartbeatTimeout: tuning.heartbeatMs } : {}),
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: retry(tuning),
});

export const controlActivities = (tuning: Tuning, shown?: ShownAs) =>
  proxyActivities<ControlActivities>({ ...options(tuning.control), ...shown, taskQueue: CONTROL_QUEUE });

/** Resend knows a key for 24 hours: an attempt after that could be a second mail. By then a usual link is dead, too. */
const MAIL_WITHIN_MS = 23 * 3_600_000;

export const mailActivities = (tuning: Tuning, tenantId: string) =>
  proxyActivities<MailActivities>({
    ...options(tuning.mail),
    scheduleToCloseTimeout: MAIL_WITHIN_MS,
    taskQueue: MAIL_QUEUE,
    priority: turnsOf(tenantId, tuning),
  });

/** The whole schedule, if a receiver asks for a day's pause each time. */
const WEBHOOK_WITHIN_MS = 14 * 24 * 3_600_000;
const LONGEST_WEBHOOK_RETRY_MS = 5 * 60_000;

/**
 * A failed attempt itself says when the next one is due, and which is the last; the intervals here are for attempts
 * that die silently. Temporal gets no attempt limit, because an attempt that finds no place gives its slot back and is
 * retried.
 */
export function webhookActivities(tuning: Tuning, tenantId: string) {
  const { retryDelaysMs, timeoutMs, startToCloseMs } = tuning.webhook ?? DEFAULT_WEBHOOK_TUNING;
  const [initialInterval = 0] = retryDelaysMs;
  const { deliverWebhook } = proxyActivities<WebhookActivities>({
    startToCloseTimeout: startToCloseMs,
    scheduleToCloseTimeout: WEBHOOK_WITHIN_MS,
    taskQueue: WEBHOOK_QUEUE,
    priority: turnsOf(tenantId, tuning),
    retry: { initialInterval, maximumInterval: LONGEST_WEBHOOK_RETRY_MS, backoffCoefficient: 2 },
  });
  return {
    deliverWebhook: (about: EventRef) => deliverWebhook({ ...about, retryDelaysMs, timeoutMs, onDemand: false }),
    redeliverWebhook: (about: EventRef) => deliverWebhook({ ...about, retryDelaysMs: [], timeoutMs, onDemand: true }),
  };
}

/** Of the control queue, with the time of a finish: a sweep or an erasure may meet many files. */
export const longControlActivities = (tuning: Tuning, shown?: ShownAs) =>
  proxyActivities<ControlActivities>({ ...options(tuning.finish), ...shown, taskQueue: CONTROL_QUEUE });

/** Within the workflow task, see inline-first.ts: once, for what takes milliseconds where it has nothing to wait for. */
export const inlineActivities = ({ summary }: ShownAs) =>
  proxyLocalActivities<ControlActivities>({ scheduleToCloseTimeout: 1000, retry: { maximumAttempts: 1 }, summary });

/** The look has two seconds, once: whoever waits for it is a person. */
export const lookActivities = () =>
  proxyLocalActivities<ControlActivities>({ scheduleToCloseTimeout: 2000, retry: { maximumAttempts: 1 } });

/**
 * Activities that read the source database. Tenants take turns. Plans take theirs beside the segments of their own
 * tenant, not behind them; by a priority they would also go before the segments of every other tenant, and fifty plans
 * are ten seconds. Finishes may: there are never more of them than segments that have just ended.
 */
export function dataActivities(tuning: Tuning, tenantId: string) {
  const turns = turnsOf(tenantId, tuning);
  const at = (limits: ActivityTuning, priority: Priority) =>
    proxyActivities<DataActivities>({
      ...options(limits),
      taskQueue: DATA_QUEUE,
      priority,
    });
  return {
    planExport: at(tuning.plan, { ...turns, priorityKey: THEN, fairnessKey: `${tenantId}/plan` }).planExport,
    exportSegment: at(tuning.segment, { ...turns, priorityKey: THEN }).exportSegment,
    finishUpload: at(tuning.finish, { ...turns, priorityKey: FIRST }).finishUpload,
  };
}
