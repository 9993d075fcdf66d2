import { z } from 'zod';
import { isoTime } from '../../shared/text/iso-time.js';
import { webhookSecret } from '../../shared/webhooks/signature.js';
import type { ApiDeps } from '../deps.js';
import type { PromisedAnswer } from '../openapi/operation.js';

const secretSchema = z
  .strictObject({
    secret: z.string().describe('In the format that Standard Webhooks libraries expect'),
    rotated_at: z.iso.datetime().nullable(),
    replaced_still_signing: z.int().min(0).describe('How many replaced secrets still sign; each does for a day'),
  })
  .meta({ id: 'WebhookSecret' });
type SecretView = z.infer<typeof secretSchema>;

/** The secret that a tenant verifies webhooks with. */
export async function secretView(tenantId: string, { webhooks, settings }: ApiDeps): Promise<SecretView> {
  const { signing, rotatedAt } = await webhooks.secretVersions(tenantId);
  const [version, ...replaced] = signing;
  return {
    secret: webhookSecret(settings.webhookKey, { tenantId, version }),
    rotated_at: isoTime(rotatedAt),
    replaced_still_signing: replaced.length,
  };
}

export const SECRET_ANSWER = {
  description: 'The secret',
  schema: secretSchema,
  example: {
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=',
    rotated_at: '2026-11-22T10:11:12.345Z',
    replaced_still_signing: 1,
  },
} as const satisfies PromisedAnswer;
