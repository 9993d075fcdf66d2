import type { RequestHandler } from 'express';
import { ServiceError } from '../shared/errors.js';
import { principalOf } from './context.js';
import type { Scope } from './deps.js';

/** One's own: what a token that names no scopes may do. */
const OWN: readonly Scope[] = ['exports:read', 'exports:write'];

/** A token that names scopes may do what they allow and nothing else; one that names none, all of its user's own. */
export function requireScope(scope: Scope): RequestHandler {
  return (request, response, next) => {
    const { scopes } = principalOf(request);
    const allows = scopes?.includes(scope) ?? OWN.includes(scope);
    if (!allows) {
      // RFC 6750, section 3.1.
      response.set('WWW-Authenticate', `Bearer error="insufficient_scope", scope="${scope}"`);
      throw new ServiceError('FORBIDDEN', `The token does not have the scope ${scope}.`, { needed_scope: scope });
    }
    next();
  };
}
