import type { JobParties } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import type { Principal } from '../deps.js';
import { setSubject } from '../http/context.js';
import { hasScope } from '../http/scopes.js';

const DETAIL = 'needs the scope exports:admin';

/**
 * @param user whose exports the request is about
 * @param name of the field or parameter, for the sentence
 * @throws ServiceError FORBIDDEN without the scope exports:admin
 */
export function requireAdmin(principal: Principal, user: string, name: string, field: AdminField): void {
  setSubject(user);
  if (hasScope(principal, 'exports:admin')) return;
  const details = { needed_scope: 'exports:admin', errors: [{ ...field, detail: DETAIL }] };
  throw new ServiceError('FORBIDDEN', `${name} ${DETAIL}, which the token does not have.`, details);
}

type AdminField = { readonly pointer: string } | { readonly parameter: string; readonly in: 'query' };

/**
 * The user that an export is made for and belongs to, and the administrator who requests it, if that is somebody else.
 * @param onBehalfOf the request's `on_behalf_of`
 * @param at JSON pointer of the request in the body
 * @throws ServiceError FORBIDDEN without the scope
 */
export function ownerFor(onBehalfOf: string | undefined, principal: Principal, at = ''): JobParties {
  const { tenantId, userId } = principal;
  if (onBehalfOf === undefined) return { tenantId, userId };
  const pointer = `${at}/on_behalf_of`;
  requireAdmin(principal, onBehalfOf, pointer, { pointer });
  return onBehalfOf === userId ? { tenantId, userId } : { tenantId, userId: onBehalfOf, requestedBy: userId };
}

/**
 * A request as schedules and saved exports store it: as sent, but with its user's id as it is stored everywhere else.
 * @param onBehalfOf the same user, parsed
 */
export const storedRequest = (
  request: Readonly<Record<string, unknown>>,
  onBehalfOf: string | undefined,
): Readonly<Record<string, unknown>> => (onBehalfOf === undefined ? request : { ...request, on_behalf_of: onBehalfOf });
