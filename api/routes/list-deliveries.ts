import { z } from 'zod';
import { NOTIFICATION_EVENTS } from '../../shared/contract.js';
import { MAILS_AN_HOUR, SKIP_REASONS, type SkippedMail } from '../../shared/mails/store.js';
import { hidesRequest } from '../../shared/job/view.js';
import { isoTime } from '../../shared/text/iso-time.js';
import { eventType } from '../../shared/webhooks/message.js';
import { DELIVERY_STATUSES, type DeliveryRow } from '../../shared/webhooks/store.js';
import { defineRoute } from '../http/define-route.js';
import { jobParams, ownedJob } from '../http/input.js';
import { webhookEventSchema, webhookIdSchema } from '../webhooks/event-schema.js';

const moment = z.iso.datetime();
const deliverySchema = z
  .strictObject({
    delivery_id: z.string(),
    webhook_id: webhookIdSchema,
    event: webhookEventSchema,
    attempt: z.int().min(1),
    host: z.string().describe('The host it was sent to'),
    status: z.enum(DELIVERY_STATUSES).describe('UNKNOWN: the worker crashed before it recorded the response'),
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
  NOT_CONFIGURED: 'The service is not set up to send emails, so this one was skipped.',
} as const;

const skippedView = ({ event, reason, skipped_at: skippedAt }: SkippedMail): SkippedView => ({
  event: eventType(event),
  reason,
  detail: SKIPPED[reason],
  skipped_at: skippedAt.toISOString(),
});

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

export const listDeliveries = defineRoute({
  method: 'get',
  path: '/v1/exports/:job_id/deliveries',
  id: 'listDeliveries',
  tag: 'Webhooks',
  summary: 'List the deliveries of an export',
  description:
    'The latest 100 attempts to deliver the webhook, and the emails that were skipped, newest first. If an administrator requested the export on your behalf, the webhook and the emails are theirs: the lists are empty for you.',
  scope: 'exports:read',
  params: jobParams,
  answers: {
    200: {
      description: 'The attempts, and skipped emails',
      schema: z.strictObject({ deliveries: z.array(deliverySchema), skipped_mails: z.array(skippedSchema) }),
      example: { deliveries: [EXAMPLE], skipped_mails: [SKIPPED_EXAMPLE] },
    },
  },
  handle:
    (deps) =>
    async ({ params, principal }) => {
      const row = await ownedJob(params.job_id, principal, deps);
      if (hidesRequest(row, principal.userId)) return { status: 200, body: { deliveries: [], skipped_mails: [] } };
      const { job_id: jobId } = row;
      const [rows, skipped] = await Promise.all([deps.webhooks.list(jobId), deps.mails.skipped(jobId)]);
      return { status: 200, body: { deliveries: rows.map(deliveryView), skipped_mails: skipped.map(skippedView) } };
    },
});
