import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { ApiDeps } from '../deps.js';
import type { Described } from '../openapi/operation.js';
import { PARTS } from '../readiness.js';

/** `GET /healthz`: the process answers. A restart would not help it with anything else. */
export function health(): RequestHandler {
  return (_request, response) => {
    response.json({ status: 'ok' });
  };
}

const readySchema = z.strictObject({ status: z.literal('ready') });
const notReadySchema = z.strictObject({
  status: z.literal('not ready'),
  missing: z
    .array(z.enum(PARTS))
    .min(1)
    .describe('Same names as in the metric `export_dependency_up`. The API log explains each failure'),
});

/** `GET /readyz`: 200, or 503 with the names of the missing parts. It is public, so it names no addresses. */
export function ready({ readiness }: ApiDeps): RequestHandler {
  return async (_request, response) => {
    const missing = await readiness.missing();
    if (missing.length === 0) response.json({ status: 'ready' } satisfies z.infer<typeof readySchema>);
    else {
      const answer = { status: 'not ready', missing: [...missing] } satisfies z.infer<typeof notReadySchema>;
      response.status(503).json(answer);
    }
  };
}

export const healthOperation: Described = {
  id: 'health',
  tag: 'Service',
  summary: 'Check that the process answers',
  answers: {
    200: { description: 'Alive', schema: z.strictObject({ status: z.literal('ok') }), example: { status: 'ok' } },
  },
};

export const readyOperation: Described = {
  id: 'ready',
  tag: 'Service',
  summary: 'Check that everything the service needs is available',
  description: 'The answer is up to a second old.',
  answers: {
    200: { description: 'Ready', schema: readySchema, example: { status: 'ready' } },
    503: {
      description: 'Not ready',
      schema: notReadySchema,
      example: { status: 'not ready', missing: ['job_store'] },
    },
  },
};
