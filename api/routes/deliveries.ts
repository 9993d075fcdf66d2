import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { CONTROL_QUEUE, redeliveryWorkflowId } from '../../shared/temporal/names.js';
import { NOTIFICATION_EVENTS, webhookIdOf, type ExportStatus, type NotificationEvent } from '../../shared/contract.js';
import type { RedeliveryInput } from '../../shared/temporal/inputs.js';
import { ServiceError } from '../../shared/errors.js';
import { DELIVERY_STATUSES, type DeliveryRow } from '../../shared/webhooks/store.js';
import { MAILS_AN_HOUR, SKIP_REASONS, type SkippedMail } from '../../shared/mails/store.js';
import { isInvalid } from '../../shared/temporal/grpc-code.js';
import { SILENCE_MS, askInTime } from '../../shared/time-limit.js';
import { isoTime } from '../../shared/text/iso-time.js';
import { eventType } from '../../shared/webhooks/message.js';
import type { ApiDeps } from '../deps.js';
import { ownedJob } from '../input.js';
import type { Described } from '../openapi/operation.js';

const moment = z.iso.datetime();
const webhookId = z.string().describe('The `webhook-id` of every attempt to deliver the same event');
const eventSchema = z.enum(NOTIFICATION_EVENTS.map(eventType)).describe('The `type` of its body');
const deliverySchema = z
  .strictObject({
    delivery_id: z.string(),
    webhook_id: webhookId,
    event: eventSchema,
    attempt: z.int().min(1),
    host: z.string().describe('The host it was sent to'),
    status: z.enum(DELIVERY_STATUSES).describe('UNKNOWN: the worker died before it recorded the answer'),
    http_status: z.int().nullable(),
    error: z.string().nullable().describe('A human-readable explanation'),
    started_at: moment,
    ended_at: moment.nullable(),
    next_attempt_at: moment.nullable(),
  })
  .meta({ id: 'Delivery' });
type DeliveryView = z.infer<typeof deliverySchema>;

function deliveryView(row: DeliveryRow): DeliveryView {
  return {
    ...row,
    event: eventType(row.event),
    started_at: row.started_at.toISOString(),
    ended_at: isoTime(row.ended_at),
    next_attempt_at: isoTime(row.next_attempt_at),
  };
}

const skippedSchema = z
  .strictObject({
    event: z.enum(NOTIFICATION_EVENTS.map(eventType)).describe('The event that the email was about'),
    reason: z.enum(SKIP_REASONS),
    detail: z.string().describe('A human-readable explanation'),
    skipped_at: moment,
  })
  .meta({ id: 'SkippedMail' });
type SkippedView = z.infer<typeof skippedSchema>;

const SKIPPED = {
  RECIPIENT_LIMIT: `This address had already received ${MAILS_AN_HOUR} emails within an hour, so this one was skipped.`,
} as const;

const skippedView = ({ event, reason, skipped_at: skippedAt }: SkippedMail): SkippedView => ({
  event: eventType(event),
  reason,
  detail: SKIPPED[reason],
  skipped_at: skippedAt.toISOString(),
});

/** `GET /v1/exports/{job_id}/deliveries`: every attempt to deliver its webhook, and its skipped mails; newest first. */
export function listDeliveries(deps: ApiDeps): RequestHandler {
  return async (request, response) => {
    const { job_id: jobId } = await ownedJob(request, deps);
    const [rows, skipped] = await Promise.all([deps.webhooks.list(jobId), deps.mails.skipped(jobId)]);
    response.json({ deliveries: rows.map(deliveryView), skipped_mails: skipped.map(skippedView) });
  };
}

const EXAMPLE: DeliveryView = {
  delivery_id: '17',
  webhook_id: 'msg_01933b1c7a527cc09d9c3d1b2a4f5e60_completed',
  event: 'export.completed',
  attempt: 1,
  host: 'example.com',
  status: 'DELIVERED',
  http_status: 204,
  error: null,
  started_at: '2026-11-22T10:11:13.760Z',
  ended_at: '2026-11-22T10:11:13.902Z',
  next_attempt_at: null,
};

const SKIPPED_EXAMPLE = skippedView({
  event: 'completed',
  reason: 'RECIPIENT_LIMIT',
  skipped_at: new Date('2026-11-22T10:11:13.760Z'),
});

export const listDeliveriesOperation: Described = {
  id: 'listDeliveries',
  tag: 'Webhooks',
  summary: 'List the deliveries of an export',
  description: 'The latest 100 attempts to deliver the webhook, and the emails that were skipped, newest first.',
  scope: 'exports:read',
  answers: {
    200: {
      description: 'The attempts, and skipped emails',
      schema: z.strictObject({ deliveries: z.array(deliverySchema), skipped_mails: z.array(skippedSchema) }),
      example: { deliveries: [EXAMPLE], skipped_mails: [SKIPPED_EXAMPLE] },
    },
  },
};

const EVENTS: Readonly<Partial<Record<ExportStatus, NotificationEvent>>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
};

/**
 * `POST /v1/exports/{job_id}/deliveries`: one more attempt now, with the same `webhook_id`, also to a receiver that has
 * the event already or has answered 410. The list says what comes of it.
 */
export function redeliver(deps: ApiDeps): RequestHandler {
  return async (request, response) => {
    const { job_id: jobId, tenant_id: tenantId, status, notify } = await ownedJob(request, deps);
    if (notify.webhook_url === undefined) {
      throw new ServiceError('NO_WEBHOOK', `Export ${jobId} was asked for without notify.webhook_url.`);
    }
    const event = EVENTS[status];
    if (event === undefined) {
      throw new ServiceError('STILL_ACTIVE', `Export ${jobId} is ${status}: its webhook tells of its end.`);
    }
    await start({ jobId, tenantId, event, tuning: deps.settings.tuning }, deps);
    response.status(202).json({ webhook_id: webhookIdOf(jobId, event), event: eventType(event) });
  };
}

export const redeliverOperation: Described = {
  id: 'redeliver',
  tag: 'Webhooks',
  summary: 'Redeliver the webhook of an export',
  description:
    'One attempt now, with the same `webhook_id`, also to a receiver that has the event already or has answered 410. The list of deliveries says what comes of it.',
  scope: 'exports:write',
  answers: {
    202: {
      description: 'The webhook is being sent',
      schema: z.strictObject({ webhook_id: webhookId, event: eventSchema }),
      example: { webhook_id: EXAMPLE.webhook_id, event: EXAMPLE.event },
    },
  },
  problems: ['NO_WEBHOOK', 'STILL_ACTIVE', 'TEMPORARILY_UNAVAILABLE'],
};

async function start(input: RedeliveryInput, { temporal: { client } }: ApiDeps): Promise<void> {
  const workflowId = redeliveryWorkflowId(input.jobId);
  try {
    await askInTime(client, SILENCE_MS, () =>
      client.workflow.start('redeliveryWorkflow', { workflowId, taskQueue: CONTROL_QUEUE, args: [input] }),
    );
  } catch (error) {
    // One that was asked for a moment ago has not been sent yet: it is the same one.
    if (error instanceof WorkflowExecutionAlreadyStartedError) return;
    if (isInvalid(error)) throw error;
    const sentence = 'The delivery could not be passed on; please repeat it.';
    throw new ServiceError('TEMPORARILY_UNAVAILABLE', sentence, { job_id: input.jobId }, { cause: error });
  }
}
