import { z } from 'zod';
import { defineRoute } from '../http/define-route.js';
import { PARTS } from '../health/readiness.js';

/** Public, so it names parts of the service but no addresses. */
export const ready = defineRoute({
  method: 'get',
  path: '/readyz',
  id: 'ready',
  tag: 'Service',
  summary: 'Check that everything the service needs is available',
  description: 'The result is up to a second old.',
  answers: {
    200: {
      description: 'Ready',
      schema: z.strictObject({ status: z.literal('ready') }),
      example: { status: 'ready' },
    },
    503: {
      description: 'Not ready',
      schema: z.strictObject({
        status: z.literal('not ready'),
        missing: z
          .array(z.enum(PARTS))
          .min(1)
          .describe('Same names as in the metric `export_dependency_up`. The API log explains each failure'),
      }),
      example: { status: 'not ready', missing: ['job_store'] },
    },
  },
  handle:
    ({ readiness }) =>
    async () => {
      const missing = await readiness.missing();
      if (missing.length === 0) return { status: 200, body: { status: 'ready' } };
      return { status: 503, body: { status: 'not ready', missing } };
    },
});
