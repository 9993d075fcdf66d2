import type { RequestHandler } from 'express';
import type { ApiDeps } from '../deps.js';
import { z } from 'zod';
import type { Operation } from '../openapi/operation.js';

/** `GET /healthz`: the process answers. A restart would not help it with anything else. */
export function health(): RequestHandler {
  return (_request, response) => {
    response.json({ status: 'ok' });
  };
}

/** `GET /readyz`: 200, or 503 with a sentence for each thing that is missing and what to do about it. */
export function ready({ readiness }: ApiDeps): RequestHandler {
  return async (_request, response) => {
    const answers = await Promise.all(readiness.map((check) => check()));
    const problems = answers.filter((sentence) => sentence !== null);
    if (problems.length === 0) response.json({ status: 'ready' });
    else response.status(503).json({ status: 'not ready', problems });
  };
}

export const healthOperation: Operation = {
  id: 'health',
  tag: 'Service',
  summary: 'The process answers',
  answers: {
    200: { description: 'It does', schema: z.strictObject({ status: z.literal('ok') }), example: { status: 'ok' } },
  },
};

export const readyOperation: Operation = {
  id: 'ready',
  tag: 'Service',
  summary: 'Everything that the service needs is there',
  answers: {
    200: { description: 'It is', schema: z.strictObject({ status: z.literal('ready') }), example: { status: 'ready' } },
    503: {
      description: 'It is not',
      schema: z.strictObject({ status: z.literal('not ready'), problems: z.array(z.string()).min(1) }),
      example: { status: 'not ready', problems: ['The tables of the service are missing: run `npm run migrate`.'] },
    },
  },
};
