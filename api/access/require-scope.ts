import type { RequestHandler } from 'express';
import { ServiceError } from '../../shared/errors.js';
import type { Scope } from '../deps.js';
import { principalOf } from '../http/context.js';
import { hasScope } from '../http/scopes.js';

/** @throws ServiceError FORBIDDEN if the token doesn't allow it */
export function requireScope(scope: Scope): RequestHandler {
  return (request, _response, next) => {
    if (!hasScope(principalOf(request), scope)) {
      throw new ServiceError('FORBIDDEN', `The token does not have the scope ${scope}.`, { needed_scope: scope });
    }
    next();
  };
}
