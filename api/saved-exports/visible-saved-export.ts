import type { UserRef } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import type { SavedExport } from '../../shared/saved-exports/store.js';
import type { ApiDeps } from '../deps.js';
import { setSubject } from '../http/context.js';

type Deps = Pick<ApiDeps, 'savedExports'>;

/** @throws ServiceError NOT_FOUND also for one that the caller may not see */
export async function visibleSavedExport(id: string, caller: UserRef, { savedExports }: Deps): Promise<SavedExport> {
  const row = await savedExports.find(caller, id);
  if (row === null) throw new ServiceError('NOT_FOUND', `There is no saved export ${id}.`);
  return row;
}

/** @throws ServiceError NOT_FOUND, or NOT_OWNER for one that somebody else shares */
export async function ownedSavedExport(id: string, caller: UserRef, deps: Deps): Promise<SavedExport> {
  const row = await visibleSavedExport(id, caller, deps);
  if (row.user_ref === caller.userId) return row;
  setSubject(row.user_ref);
  throw new ServiceError('NOT_OWNER', 'Only the owner of a saved export can replace or delete it.');
}
