import type { RequestHandler } from 'express';
import { ServiceError } from '../../shared/errors.js';
import { webhookSecret } from '../../shared/webhooks/signature.js';
import { principalOf } from '../context.js';
import type { ApiDeps } from '../deps.js';

/** What the caller's tenant verifies webhooks with. */
async function secretView(tenantId: string, { webhooks, settings }: ApiDeps) {
  const { signing, rotatedAt } = await webhooks.secretVersions(tenantId);
  const [version, ...replaced] = signing;
  return {
    secret: webhookSecret(settings.webhookKey, { tenantId, version }),
    rotated_at: rotatedAt,
    /** Earlier secrets that sign, too: each for a day after it was replaced. */
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
