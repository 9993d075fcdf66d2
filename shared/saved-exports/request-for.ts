import type { UserRef } from '../contract.js';
import type { SavedExport } from './store.js';

/**
 * The request of a saved export as this user would send it. Somebody else's webhook and addresses are left out:
 * messages link to the file, which this user may read but those recipients may not.
 */
export function requestFor(
  { request, tenant_ref: tenantId, user_ref: userId }: Pick<SavedExport, 'request' | 'tenant_ref' | 'user_ref'>,
  user: UserRef,
): SavedExport['request'] {
  if (user.tenantId === tenantId && user.userId === userId) return request;
  const { notify, ...rest } = request;
  const isSilent = typeof notify === 'object' && notify !== null && 'email' in notify && notify.email === false;
  return isSilent ? { ...rest, notify: { email: false } } : rest;
}
