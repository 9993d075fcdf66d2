import type { ErrorRequestHandler } from 'express';
import { ServiceError, type ErrorCode } from '../../shared/errors.js';
import type { ApiDeps } from '../deps.js';
import { contextOf } from './context.js';
import { originOf } from './origin.js';

/** Refusals for the audit log: the caller may not do this, or not now. Mistakes in a request aren't recorded. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  ...(['FORBIDDEN', 'NOT_PERMITTED', 'NOT_OWNER'] as const),
  ...(['TOO_MANY_EXPORTS', 'TENANT_TOO_BUSY'] as const),
]);

/** Records a refusal before the client learns of it. The same one is recorded at most once a minute. */
export function auditRefusals({ audit, logger }: Pick<ApiDeps, 'audit' | 'logger'>): ErrorRequestHandler {
  return async (error: unknown, request, _response, next) => {
    const { principal, route, targetUserId, subject: about = targetUserId } = contextOf(request);
    if (error instanceof ServiceError && REFUSALS.has(error.code) && principal !== undefined) {
      const { tenantId, userId } = principal;
      const subject = about ?? userId;
      const details = { code: error.code, operation: `${request.method} ${route}` };
      try {
        const event = { action: 'export.refused', tenantId, subject, origin: originOf(request), details } as const;
        await audit.recordRefusal(event, principal, `${details.code} ${details.operation}`);
      } catch (cause) {
        // The client still gets the refusal, and the access log has it, too.
        logger.warn({ err: cause }, 'a refusal could not be recorded in the audit log');
      }
    }
    next(error);
  };
}
