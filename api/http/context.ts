import type { IncomingMessage } from 'node:http';
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { ServiceError, type ErrorCode } from '../../shared/errors.js';
import type { Caller } from '../deps.js';

/** Polled every few seconds by the platform, so neither logged at info nor traced. */
export const QUIET: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** What is known about a request while it is handled; the access log writes it at the end. */
export interface RequestContext {
  readonly requestId: string;
  /** The pattern of the route, never the path itself: `/d/…` contains a secret. Empty until a route matches. */
  route: string;
  principal?: Caller;
  jobId?: string;
  /** The user named in the path. */
  targetUserId?: string;
  /** The user whom a refusal is about; absent if that is the caller. */
  subject?: string;
  /** Why the request was refused or failed. */
  problem?: ErrorCode;
  /** The trace it belongs to; absent if requests aren't traced. */
  traceId?: string;
}

const contexts = new WeakMap<IncomingMessage, RequestContext>();

/** A caller's own request id is kept if it is safe in a log line and a header. */
const SANE_ID = /^[\w.:-]{1,128}$/;

export function contextOf(request: IncomingMessage): RequestContext {
  const known = contexts.get(request);
  if (known !== undefined) return known;
  const given = request.headers['x-request-id'];
  const requestId = typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID();
  const context: RequestContext = { requestId, route: '' };
  contexts.set(request, context);
  return context;
}

const current = new AsyncLocalStorage<RequestContext>();

/** Runs `work` so that its log lines carry the request's context. */
export const answering = (request: IncomingMessage, work: () => void): void => {
  current.run(contextOf(request), work);
};

/** Says whose exports the request is about, if they aren't the caller's. */
export function setSubject(userId: string): void {
  const context = current.getStore();
  if (context !== undefined) context.subject = userId;
}

/** Fields of every log line: the request it was written for, and the job it is about. */
export function logContext(): object {
  const context = current.getStore();
  if (context === undefined) return {};
  const { requestId, jobId, traceId } = context;
  return {
    request_id: requestId,
    ...(jobId === undefined ? {} : { job_id: jobId }),
    ...(traceId === undefined ? {} : { trace_id: traceId }),
  };
}

/** @throws ServiceError UNAUTHENTICATED on a route without `authenticate`, so that a mistake exposes nothing */
export function principalOf(request: IncomingMessage): Caller {
  const { principal } = contextOf(request);
  if (principal === undefined) throw new ServiceError('UNAUTHENTICATED', 'A bearer token is required.');
  return principal;
}
