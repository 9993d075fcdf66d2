import { NOTIFICATION_EVENTS, type NotificationEvent } from '../../shared/contract.js';
import { eventType, messageSchema } from '../../shared/webhooks/message.js';
import type { Tag } from './operation.js';
import type { Json, Schemas } from './schemas.js';

const SUMMARIES: Readonly<Record<NotificationEvent, string>> = {
  completed: 'The export completed',
  failed: 'The export failed',
  cancelled: 'An operator canceled the export',
};

const TAG: Tag = 'Webhooks';
const HEADERS = {
  'webhook-id': 'The same for every attempt to deliver this event',
  'webhook-timestamp': 'When the attempt was made, in seconds since 1970',
  'webhook-signature': 'For each valid secret, `v1,` followed by a base64 signature',
};

/** What the service sends to `notify.webhook_url`, following Standard Webhooks. */
export function webhookOperations(schemas: Schemas): Json {
  const operations = NOTIFICATION_EVENTS.map((event) => [
    eventType(event),
    {
      post: {
        operationId: `webhook_${event}`,
        tags: [TAG],
        summary: SUMMARIES[event],
        parameters: Object.entries(HEADERS).map(([name, description]) => ({
          name,
          in: 'header',
          required: true,
          description,
          schema: { type: 'string' },
        })),
        requestBody: {
          required: true,
          content: { 'application/json': { schema: schemas.output(messageSchema(event)) } },
        },
        responses: {
          '2XX': { description: 'Delivered' },
          410: { description: 'The receiver wants no more webhooks from this tenant' },
          default: { description: 'Retried later; redirects are not followed' },
        },
        security: [],
      },
    },
  ]);
  return Object.fromEntries(operations) as Json;
}
