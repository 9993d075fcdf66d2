import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { webhookIdOf, type NotificationEvent } from '../../shared/contract.js';
import type { EventRef } from '../../shared/temporal/inputs.js';
import { ServiceError, type ErrorCode } from '../../shared/errors.js';
import type { JobRow } from '../../shared/job/row.js';
import { jobView } from '../../shared/job/view.js';
import { eventType, type WebhookMessage } from '../../shared/webhooks/message.js';
import { webhookHeaders, webhookSecret } from '../../shared/webhooks/signature.js';
import type { DeliveryEnd } from '../../shared/webhooks/store.js';
import type { ActivityDeps } from '../deps.js';
import { heartbeating } from '../heartbeat.js';
import { TenantTurns } from './tenant-turns.js';

type Deps = Pick<
  ActivityDeps,
  'jobs' | 'webhooks' | 'metrics' | 'sendWebhook' | 'webhookKey' | 'publicUrl' | 'linkSecret'
>;

interface Delivery extends EventRef {
  readonly retryDelaysMs: readonly number[];
  readonly timeoutMs: number;
  /** The user requested this delivery: it is sent once, even if an earlier one succeeded. */
  readonly onDemand: boolean;
}

/** How many deliveries of one tenant a worker process may have in progress, out of 200 in total. */
const PER_TENANT = 10;

/** Random share of the delay, so that retries to many receivers don't start at the same moment. */
const JITTER = 0.1;

/** How an attempt ended. */
interface Outcome {
  readonly httpStatus: number | null;
  /** Null if the receiver accepted it. */
  readonly error: string | null;
  readonly code: ErrorCode;
  readonly retryAfterMs: number;
  /** The network or TLS error, for operators. */
  readonly cause?: unknown;
}

const SENTENCES: Partial<Record<number, string>> = {
  3: 'redirects are not followed',
  4: 'it rejected the request',
  5: 'it had an internal error',
};

function outcomeOf({ status, retryAfterMs }: { status: number; retryAfterMs: number | null }): Outcome {
  const error =
    status >= 200 && status < 300
      ? null
      : `The receiver answered ${status}: ${status === 410 ? 'it asked for no more messages' : (SENTENCES[Math.floor(status / 100)] ?? 'that is not a success status')}.`;
  return { httpStatus: status, error, code: 'WEBHOOK_UNAVAILABLE', retryAfterMs: retryAfterMs ?? 0 };
}

const createMessage = (
  event: NotificationEvent,
  row: JobRow,
  links: { publicUrl: string; linkSecret: string },
): WebhookMessage => ({
  type: eventType(event),
  timestamp: (row.completed_at ?? new Date()).toISOString(),
  data: jobView(row, links),
});

/** Ends the attempt before anything is sent; it doesn't count as one of the scheduled attempts. */
const notItsTurn = (waitMs: number): ApplicationFailure =>
  ApplicationFailure.create({
    message: `${PER_TENANT} deliveries of this tenant are in progress; this one waits.`,
    type: 'WEBHOOK_DEFERRED',
    nextRetryDelay: waitMs,
    category: ApplicationFailureCategory.BENIGN,
  });

/**
 * Delivers webhooks, a few of each tenant at a time. A delivery beyond that limit frees its worker slot at once, so a
 * tenant's unresponsive receivers delay nobody else.
 */
export function deliverWebhook(deps: Deps) {
  const turns = new TenantTurns(PER_TENANT);
  return async (delivery: Delivery): Promise<{ delivered: boolean }> => {
    const taken = turns.take(delivery.tenantId);
    if ('waitMs' in taken) {
      deps.metrics.notified('webhook', 'deferred');
      throw notItsTurn(taken.waitMs);
    }
    try {
      return await heartbeating((signal) => attemptDelivery(deps, delivery, signal));
    } finally {
      turns.release(delivery.tenantId, taken.turn);
    }
  };
}

/**
 * One attempt to deliver a webhook. It is recorded before it is sent. `webhook-id` is the same for every attempt, on
 * every worker, so that receivers recognize a duplicate.
 */
async function attemptDelivery(deps: Deps, delivery: Delivery, signal: AbortSignal): Promise<{ delivered: boolean }> {
  const { jobs, webhooks } = deps;
  const { jobId, tenantId, event, onDemand } = delivery;
  const row = await jobs.find(jobId);
  const url = row?.notify.webhook_url;
  if (row === null || url === undefined) return { delivered: false };
  const webhookId = webhookIdOf(jobId, event);
  if (!onDemand && (await webhooks.isDelivered(webhookId))) return { delivered: true };

  const { runId = '' } = Context.current().info.workflowExecution ?? {};
  const { deliveryId, attemptOfRun } = await webhooks.begin({
    jobId,
    event,
    webhookId,
    host: new URL(url).host,
    runId,
  });
  if (!onDemand && (await webhooks.isGone(tenantId, url))) {
    const error = 'The receiver answered 410 earlier, so nothing is sent until someone requests a delivery.';
    await webhooks.end(deliveryId, { status: 'FAILED', httpStatus: null, error, nextInMs: null });
    return { delivered: false };
  }
  const outcome = await send(deps, delivery, { url, webhookId, row, signal }).catch(async (error: unknown) => {
    if (signal.aborted) await webhooks.end(deliveryId, STOPPED);
    throw error;
  });
  const isGone = outcome.httpStatus === 410;
  if (isGone) await webhooks.markGone(tenantId, url);
  else if (onDemand && outcome.error === null) await webhooks.unmarkGone(tenantId, url);

  const nextInMs = isGone ? null : nextAttempt(delivery, outcome, attemptOfRun);
  const { httpStatus, error } = outcome;
  await webhooks.end(deliveryId, { status: error === null ? 'DELIVERED' : 'FAILED', httpStatus, error, nextInMs });
  deps.metrics.notified('webhook', error === null ? 'delivered' : nextInMs === null ? 'failed' : 'retried');
  if (error === null) return { delivered: true };
  // The receiver rejected it, or the user who requested it sees the outcome: nothing for an operator to do.
  if (isGone || onDemand) return { delivered: false };
  throw asFailedAttempt(outcome, error, nextInMs);
}

const STOPPED: DeliveryEnd = {
  ...{ status: 'FAILED', httpStatus: null, nextInMs: null },
  error: 'The delivery was stopped before the receiver answered.',
};

interface Addressed {
  readonly url: string;
  readonly webhookId: string;
  readonly row: JobRow;
  /** Aborts when the delivery is canceled or its worker stops. */
  readonly signal: AbortSignal;
}

/** Errors that the sender expects become an outcome; others are thrown. */
async function send(
  { webhooks, sendWebhook, webhookKey, publicUrl, linkSecret }: Deps,
  { tenantId, event, timeoutMs }: Delivery,
  { url, webhookId, row, signal }: Addressed,
): Promise<Outcome> {
  const { signing } = await webhooks.secretVersions(tenantId);
  const body = JSON.stringify(createMessage(event, row, { publicUrl, linkSecret }));
  const secrets = signing.map((version) => webhookSecret(webhookKey, { tenantId, version }));
  const signed = webhookHeaders(secrets, { id: webhookId, timestamp: Math.floor(Date.now() / 1000), body });
  const headers = { ...signed, 'content-type': 'application/json', 'user-agent': 'export-service' };
  try {
    return outcomeOf(await sendWebhook({ url, headers, body, timeoutMs, signal }));
  } catch (thrown) {
    if (!(thrown instanceof ServiceError)) throw thrown;
    return { httpStatus: null, error: thrown.forUser, code: thrown.code, retryAfterMs: 0, cause: thrown.cause };
  }
}

/** When the next attempt is due, in ms from now; null when there is none. */
function nextAttempt({ retryDelaysMs }: Delivery, outcome: Outcome, attemptOfRun: number): number | null {
  const delay = retryDelaysMs[attemptOfRun - 1];
  if (outcome.error === null || outcome.code !== 'WEBHOOK_UNAVAILABLE' || delay === undefined) return null;
  return Math.max(outcome.retryAfterMs, Math.round(delay * (1 + JITTER * Math.random())));
}

function asFailedAttempt({ code, cause }: Outcome, message: string, nextInMs: number | null): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: code,
    nonRetryable: nextInMs === null,
    ...(cause instanceof Error ? { cause } : {}),
    ...(nextInMs === null ? {} : { nextRetryDelay: nextInMs }),
  });
}
