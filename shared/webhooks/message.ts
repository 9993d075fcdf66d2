import { z } from 'zod';
import type { NotificationEvent } from '../contract.js';
import { jobSchema } from '../job-schema.js';

/** What a receiver is sent. Links in it point at the service; nothing in it is secret. */
export const messageSchema = (event: NotificationEvent) =>
  z.strictObject({
    type: z.literal(`export.${event}`),
    timestamp: z.iso.datetime().describe('When the export ended'),
    data: jobSchema,
  });
export type WebhookMessage = z.infer<ReturnType<typeof messageSchema>>;
