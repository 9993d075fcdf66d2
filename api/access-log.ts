import type { RequestHandler } from 'express';
import type { Logger } from '../shared/infrastructure/logger.js';
import { answering, contextOf } from './context.js';

/** Asked every few seconds by whatever keeps the process running: not worth a line each. */
const QUIET = new Set(['/healthz', '/readyz']);

/** One line a request, when it is answered or its client has gone. Route patterns only: addresses can hold secrets. */
export function accessLog(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const context = contextOf(request);
    response.set('X-Request-Id', context.requestId);
    response.once('close', () => {
      const { requestId, route, principal, jobId } = context;
      const line = {
        request_id: requestId,
        method: request.method,
        route: route === '' ? 'none' : route,
        status: response.statusCode,
        ms: Math.round(performance.now() - startedAt),
        ...(jobId === undefined ? {} : { job_id: jobId }),
        ...(principal === undefined ? {} : { tenant_id: principal.tenantId }),
        ...(response.writableFinished ? {} : { aborted: true }),
      };
      const level = response.statusCode >= 500 ? 'warn' : QUIET.has(route) ? 'debug' : 'info';
      logger[level](line, 'request');
    });
    answering(request, next);
  };
}
