import type { RequestHandler, Response } from 'express';
import { isIP } from 'node:net';
import { QUIET, answering, contextOf, type RequestContext } from './context.js';
import type { ApiDeps } from '../deps.js';

/** Statuses whose log lines name the caller, the IP address and the reason. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 404, 429]);

/**
 * Logs and measures each request when it is answered or its client disconnects. Only the route's pattern is logged:
 * paths can contain secrets.
 */
export function accessLog({ logger, metrics }: Pick<ApiDeps, 'logger' | 'metrics'>): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const context = contextOf(request);
    // Known only while the connection is open; with a trusted proxy, it is what the proxy sent.
    const { ip = '' } = request;
    response.set('X-Request-Id', context.requestId);
    response.once('close', () => {
      const { requestId, principal, jobId, traceId, targetUserId } = context;
      const route = context.route === '' ? 'none' : context.route;
      const { statusCode: status } = response;
      const ms = performance.now() - startedAt;
      // The duration of a stream says nothing about the service.
      if (!isStream(response)) metrics.answered({ method: request.method, route, status, seconds: ms / 1000 });
      const isAudited = REFUSALS.has(status) || targetUserId !== undefined;
      const line = {
        request_id: requestId,
        method: request.method,
        route,
        status,
        ms: Math.round(ms),
        ...(jobId === undefined ? {} : { job_id: jobId }),
        ...(traceId === undefined ? {} : { trace_id: traceId }),
        ...(principal === undefined ? {} : { tenant_id: principal.tenantId }),
        ...(isAudited ? { ...(isIP(ip) === 0 ? {} : { ip }), ...auditOf(context) } : {}),
        ...(response.writableFinished ? {} : { aborted: true }),
      };
      const level = status >= 500 ? 'warn' : QUIET.has(route) ? 'debug' : 'info';
      logger[level](line, 'request');
    });
    answering(request, next);
  };
}

/** The caller, the user the request is about, and the reason. */
const auditOf = ({ principal, targetUserId, problem }: RequestContext): object => ({
  ...(principal === undefined ? {} : { user_id: principal.userId }),
  ...(targetUserId === undefined ? {} : { target_user_id: targetUserId }),
  ...(problem === undefined ? {} : { code: problem }),
});

const isStream = (response: Response): boolean =>
  response.get('Content-Type')?.startsWith('text/event-stream') === true;
