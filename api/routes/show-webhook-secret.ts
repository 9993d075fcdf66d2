import { defineRoute } from '../http/define-route.js';
import { SECRET_ANSWER, secretView } from '../webhooks/secret-view.js';

export const showWebhookSecret = defineRoute({
  method: 'get',
  path: '/v1/webhooks/secret',
  id: 'showWebhookSecret',
  tag: 'Webhooks',
  summary: 'Get the webhook secret',
  // The secret allows forging messages to the tenant's receivers.
  scope: 'exports:admin',
  answers: { 200: SECRET_ANSWER },
  problems: ['JOB_STORE_UNAVAILABLE'],
  handle:
    (deps) =>
    async ({ principal }) => ({ status: 200, body: await secretView(principal.tenantId, deps) }),
});
