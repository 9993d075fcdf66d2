import type { JobParties } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import type { Principal } from '../deps.js';

export const isAdmin = ({ scopes }: Principal): boolean => scopes?.includes('exports:admin') === true;

/**
 * The user that an export is made for and belongs to, and the administrator who requests it, if that is somebody else.
 * @param onBehalfOf the request's `on_behalf_of`
 * @param at JSON pointer of the request in the body
 * @throws ServiceError FORBIDDEN without the scope
 */
export function ownerFor(onBehalfOf: string | undefined, principal: Principal, at = ''): JobParties {
  const { tenantId, userId } = principal;
  if (onBehalfOf === undefined) return { tenantId, userId };
  if (!isAdmin(principal)) {
    const detail = 'needs the scope exports:admin';
    const errors = [{ pointer: `${at}/on_behalf_of`, detail }];
    const sentence = `${at}/on_behalf_of ${detail}, which the token does not have.`;
    throw new ServiceError('FORBIDDEN', sentence, { needed_scope: 'exports:admin', errors });
  }
  return onBehalfOf === userId ? { tenantId, userId } : { tenantId, userId: onBehalfOf, requestedBy: userId };
}
