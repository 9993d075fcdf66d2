import { z } from 'zod';
import type { NotificationEvent } from '../contract.js';
import { jobSchema } from '../job/schema.js';

/** The `type` of a message. */
export const eventType = (event: NotificationEvent) => `export.${event}` as const;

/** What a receiver is sent. Links in it point at the service; nothing in it is secret. */
export const messageSchema = (event: NotificationEvent) =>
  z.strictObject({
    type: z.literal(eventType(event)),
    timestamp: z.iso.datetime().describe('When the export ended'),
    data: jobSchema,
  });
export type WebhookMessage = z.infer<ReturnType<typeof messageSchema>>;
