import { SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';
import type { RequestHandler } from 'express';
import type { Tracing } from '../../shared/process/tracing.js';
import { QUIET, contextOf } from './context.js';

/** Starts a span for each request, in the caller's trace if it sends `traceparent`. */
export function traceRequests({ tracer }: Tracing): RequestHandler {
  return (request, response, next) => {
    if (QUIET.has(request.path)) {
      next();
      return;
    }
    const parent = propagation.extract(context.active(), request.headers);
    const span = tracer.startSpan(request.method, { kind: SpanKind.SERVER }, parent);
    const about = contextOf(request);
    about.traceId = span.spanContext().traceId;
    response.once('close', () => {
      const { route, jobId, requestId } = about;
      span.updateName(`${request.method} ${route === '' ? 'none' : route}`);
      span.setAttributes({
        'http.request.method': request.method,
        'http.route': route,
        'http.response.status_code': response.statusCode,
        'export.request_id': requestId,
        ...(jobId === undefined ? {} : { 'export.job_id': jobId }),
      });
      if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    context.with(trace.setSpan(parent, span), next);
  };
}
