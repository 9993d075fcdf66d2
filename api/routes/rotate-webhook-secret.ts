import { ServiceError } from '../../shared/errors.js';
import { defineRoute } from '../http/define-route.js';
import { originOf } from '../http/origin.js';
import { SECRET_ANSWER, secretView } from '../webhooks/secret-view.js';

export const rotateWebhookSecret = defineRoute({
  method: 'post',
  path: '/v1/webhooks/secret/rotate',
  id: 'rotateWebhookSecret',
  tag: 'Webhooks',
  summary: 'Rotate the webhook secret',
  description: 'The replaced secret keeps signing for a day. You can rotate five times a day.',
  // For administrators: a day after a rotation, receivers that still use the old secret reject everything.
  scope: 'exports:admin',
  answers: { 200: SECRET_ANSWER },
  problems: ['ROTATED_TOO_OFTEN', 'JOB_STORE_UNAVAILABLE'],
  handle:
    (deps) =>
    async ({ principal: { tenantId, userId }, request }) => {
      const origin = originOf(request);
      const event = { action: 'webhook_secret.rotated', tenantId, subject: userId, origin, details: {} } as const;
      if (!(await deps.webhooks.rotateSecret(tenantId, event))) {
        const sentence = 'The secret was already rotated five times in the last day (the limit).';
        throw new ServiceError('ROTATED_TOO_OFTEN', sentence);
      }
      return { status: 200, body: await secretView(tenantId, deps) };
    },
});
