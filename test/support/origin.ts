import type { AuditOrigin } from '../../shared/contract.js';

/** For jobs that no request created. */
export const NOBODY: AuditOrigin = { actor: null, requestId: null, address: null };
