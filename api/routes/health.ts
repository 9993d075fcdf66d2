import type { RequestHandler } from 'express';
import type { ApiDeps } from '../deps.js';

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
