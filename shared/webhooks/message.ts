import { z } from 'zod';
import type { NotificationEvent } from '../contract.js';
import { jobSchema } from '../job/schema.js';

/** The message's `type`. */
export const eventType = (event: NotificationEvent) => `export.${event}` as const;

/** The message sent to a receiver. Its links point at the service; it contains no secrets. */
export const messageSchema = (event: NotificationEvent) =>
  z.strictObject({
    type: z.literal(eventType(event)),
    timestamp: z.iso.datetime().describe('When the export ended'),
    data: jobSchema,
  });
export type WebhookMessage = z.infer<ReturnType<typeof messageSchema>>;
