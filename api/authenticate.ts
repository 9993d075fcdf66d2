import type { RequestHandler } from 'express';
import { ServiceError } from '../shared/errors.js';
import { contextOf } from './context.js';
import type { VerifyToken } from './deps.js';

/** RFC 6750: the scheme in any case, then a token68. */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** Everything behind this has a principal. It runs before a body is read: strangers make no work. */
export function authenticate(verifyToken: VerifyToken): RequestHandler {
  return async (request, _response, next) => {
    const { authorization = '' } = request.headers;
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) {
      throw new ServiceError('UNAUTHENTICATED', 'The Authorization header must be "Bearer" and a token.');
    }
    contextOf(request).principal = await verifyToken(token);
    next();
  };
}
