import { z } from 'zod';
import { NOTIFICATION_EVENTS } from '../../shared/contract.js';
import { eventType } from '../../shared/webhooks/message.js';

/** Public names of webhook events. */

export const webhookIdSchema = z.string().describe('The same for every attempt to deliver an event');
export const webhookEventSchema = z.enum(NOTIFICATION_EVENTS.map(eventType)).describe('The `type` in the webhook body');
