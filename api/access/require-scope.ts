import type { RequestHandler } from 'express';
import { ServiceError } from '../../shared/errors.js';
import { principalOf } from '../http/context.js';
import type { Scope } from '../deps.js';

/** Scopes of a token that doesn't list any. */
const OWN: readonly Scope[] = ['exports:read', 'exports:write'];

/** A token that lists scopes has only those. */
export function requireScope(scope: Scope): RequestHandler {
  return (request, _response, next) => {
    const { scopes } = principalOf(request);
    const allows = scopes?.includes(scope) ?? OWN.includes(scope);
    if (!allows) {
      throw new ServiceError('FORBIDDEN', `The token does not have the scope ${scope}.`, { needed_scope: scope });
    }
    next();
  };
}
