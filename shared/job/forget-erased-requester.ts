import type { AuditStore } from '../audit/store.js';
import type { JobSeed } from '../contract.js';
import type { ErasedIds } from './erased-ids.js';
import type { JobStore } from './store.js';

interface Deps {
  readonly jobs: JobStore;
  readonly erasedIds: ErasedIds;
  readonly audit: AuditStore;
}

/**
 * Call this after inserting a row. If the administrator who requested it on behalf of somebody else has been erased
 * meanwhile, the row and its event forget the administrator, like the rows that the erasure found.
 */
export async function forgetErasedRequester(
  { tenantId, requestedBy, createdAt }: JobSeed,
  { jobs, erasedIds, audit }: Deps,
): Promise<void> {
  if (requestedBy === undefined) return;
  const requester = { tenantId, userId: requestedBy };
  if (!(await erasedIds.isRequesterErased(tenantId, audit.hashesOf(requester), createdAt))) return;
  await jobs.forgetRequester(requester, createdAt);
  await audit.erase(requester);
}
