import type { RequestHandler, Response } from 'express';
import { QUIET, answering, contextOf } from './context.js';
import type { ApiDeps } from './deps.js';

/**
 * One line a request, when it is answered or its client has gone, and its place among the metrics. Route patterns only:
 * addresses can hold secrets.
 */
export function accessLog({ logger, metrics }: Pick<ApiDeps, 'logger' | 'metrics'>): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const context = contextOf(request);
    response.set('X-Request-Id', context.requestId);
    response.once('close', () => {
      const { requestId, principal, jobId, traceId } = context;
      const route = context.route === '' ? 'none' : context.route;
      const { statusCode: status } = response;
      const ms = performance.now() - startedAt;
      // How long a stream was open says nothing about the service.
      if (!isStream(response)) metrics.answered({ method: request.method, route, status, seconds: ms / 1000 });
      const line = {
        request_id: requestId,
        method: request.method,
        route,
        status,
        ms: Math.round(ms),
        ...(jobId === undefined ? {} : { job_id: jobId }),
        ...(traceId === undefined ? {} : { trace_id: traceId }),
        ...(principal === undefined ? {} : { tenant_id: principal.tenantId }),
        ...(response.writableFinished ? {} : { aborted: true }),
      };
      const level = status >= 500 ? 'warn' : QUIET.has(route) ? 'debug' : 'info';
      logger[level](line, 'request');
    });
    answering(request, next);
  };
}

const isStream = (response: Response): boolean =>
  response.get('Content-Type')?.startsWith('text/event-stream') === true;
