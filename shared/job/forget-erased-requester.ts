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
 * Call it after the insertion of a row. The row may have come after the erasure of the administrator who requested it
 * on behalf of somebody else: then it forgets the administrator, as the others did, and so does its event.
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
