import type { Request } from 'express';
import { isIP } from 'node:net';
import type { AuditOrigin } from '../../shared/contract.js';
import { contextOf } from './context.js';

/** Where a request comes from, for the audit log. */
export function originOf(request: Request): AuditOrigin {
  const { principal, requestId } = contextOf(request);
  // Undefined once the client has disconnected; with a trusted proxy, it is what the proxy sent.
  const { ip = '' } = request;
  return { actor: principal?.userId ?? null, requestId, address: isIP(ip) === 0 ? null : ip };
}
