import type { RequestHandler } from 'express';
import { z } from 'zod';
import { ServiceError } from '../../shared/errors.js';
import { isoTime } from '../../shared/text/iso-time.js';
import { webhookSecret } from '../../shared/webhooks/signature.js';
import { principalOf } from '../context.js';
import type { ApiDeps } from '../deps.js';
import type { Answer, Described } from '../openapi/operation.js';

const secretSchema = z
  .strictObject({
    secret: z.string().describe('In the format that Standard Webhooks libraries expect'),
    rotated_at: z.iso.datetime().nullable(),
    replaced_still_signing: z.int().min(0).describe('How many replaced secrets still sign; each does for a day'),
  })
  .meta({ id: 'WebhookSecret' });
type SecretView = z.infer<typeof secretSchema>;

/** What the caller's tenant verifies webhooks with. */
async function secretView(tenantId: string, { webhooks, settings }: ApiDeps): Promise<SecretView> {
  const { signing, rotatedAt } = await webhooks.secretVersions(tenantId);
  const [version, ...replaced] = signing;
  return {
    secret: webhookSecret(settings.webhookKey, { tenantId, version }),
    rotated_at: isoTime(rotatedAt),
    replaced_still_signing: replaced.length,
  };
}

/** `GET /v1/webhooks/secret` */
export function showSecret(deps: ApiDeps): RequestHandler {
  return async (request, response) => {
    response.json(await secretView(principalOf(request).tenantId, deps));
  };
}

/** `POST /v1/webhooks/secret/rotate`: a new secret now; the old one signs beside it for a day. */
export function rotateSecret(deps: ApiDeps): RequestHandler {
  return async (request, response) => {
    const { tenantId } = principalOf(request);
    if (!(await deps.webhooks.rotateSecret(tenantId))) {
      const sentence = 'The secret was rotated five times within a day: each earlier one signs for a day.';
      throw new ServiceError('ROTATED_TOO_OFTEN', sentence);
    }
    response.json(await secretView(tenantId, deps));
  };
}

const secretAnswer: Answer = {
  description: 'The secret',
  schema: secretSchema,
  example: {
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=',
    rotated_at: '2026-11-22T10:11:12.345Z',
    replaced_still_signing: 1,
  },
};

// Anyone who knows the secret can forge messages to the tenant's receivers, and rotating it breaks them a day later.
export const showSecretOperation: Described = {
  id: 'showWebhookSecret',
  tag: 'Webhooks',
  summary: 'Get the webhook secret',
  scope: 'exports:admin',
  answers: { 200: secretAnswer },
  problems: ['JOB_STORE_UNAVAILABLE'],
};

export const rotateSecretOperation: Described = {
  id: 'rotateWebhookSecret',
  tag: 'Webhooks',
  summary: 'Rotate the webhook secret',
  description: 'The replaced secret keeps signing for a day. You can rotate five times a day.',
  scope: 'exports:admin',
  answers: { 200: secretAnswer },
  problems: ['ROTATED_TOO_OFTEN', 'JOB_STORE_UNAVAILABLE'],
};
