import assert from 'node:assert/strict';
import { z } from 'zod';
import type { Principal } from '../../api/deps.js';
import { until } from '../support/exports.js';
import type { TestService } from '../support/service.js';

const deliverySchema = z.strictObject({
  delivery_id: z.string(),
  webhook_id: z.string(),
  event: z.string(),
  attempt: z.number(),
  host: z.string(),
  status: z.enum(['SENDING', 'DELIVERED', 'FAILED', 'UNKNOWN']),
  http_status: z.number().nullable(),
  error: z.string().nullable(),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  next_attempt_at: z.iso.datetime().nullable(),
});
export type ShownDelivery = z.infer<typeof deliverySchema>;

/** Deliveries as the API returns them, oldest first. */
export async function deliveriesOf(service: TestService, as: Principal, jobId: string): Promise<ShownDelivery[]> {
  const { status, json, text } = await service.ask('GET', `/v1/exports/${jobId}/deliveries`, { as });
  assert.equal(status, 200, text);
  return z
    .object({ deliveries: z.array(deliverySchema) })
    .parse(json)
    .deliveries.toReversed();
}

/** Waits until this many attempts have ended, and returns all attempts. */
export const untilTried = (
  service: TestService,
  as: Principal,
  jobId: string,
  times: number,
): Promise<ShownDelivery[]> =>
  until(`${times} attempts for ${jobId}`, async () => {
    const deliveries = await deliveriesOf(service, as, jobId);
    return deliveries.filter(({ status }) => status !== 'SENDING').length >= times && deliveries;
  });

export async function requestRedelivery(service: TestService, as: Principal, jobId: string): Promise<void> {
  const { status, text } = await service.ask('POST', `/v1/exports/${jobId}/deliveries`, { as });
  assert.equal(status, 202, text);
}

const secretSchema = z.object({ secret: z.string(), replaced_still_signing: z.number() });
/** An admin of the user's tenant, who can see and rotate its secret. */
export const adminOf = ({ tenantId, userId }: Principal): Principal => ({
  tenantId,
  userId,
  scopes: ['exports:admin'],
});

export async function secretOf(service: TestService, user: Principal): Promise<string> {
  const { json } = await service.ask('GET', '/v1/webhooks/secret', { as: adminOf(user) });
  return secretSchema.parse(json).secret;
}
export async function rotate(service: TestService, user: Principal): Promise<z.infer<typeof secretSchema>> {
  const { status, json, text } = await service.ask('POST', '/v1/webhooks/secret/rotate', { as: adminOf(user) });
  assert.equal(status, 200, text);
  return secretSchema.parse(json);
}
