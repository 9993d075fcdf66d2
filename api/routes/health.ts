import { z } from 'zod';
import { defineRoute } from '../http/define-route.js';

/** For liveness probes. Always succeeds, because a restart would not fix anything else. */
export const health = defineRoute({
  method: 'get',
  path: '/healthz',
  id: 'health',
  tag: 'Service',
  summary: 'Check that the process responds',
  answers: {
    200: { description: 'Alive', schema: z.strictObject({ status: z.literal('ok') }), example: { status: 'ok' } },
  },
  handle: () => () => ({ status: 200, body: { status: 'ok' } }),
});
