import type { RequestHandler } from 'express';
import { ServiceError } from '../../shared/errors.js';
import { contextOf } from '../http/context.js';
import type { VerifyToken } from '../deps.js';

/** RFC 6750: the scheme in any case, then a token68. */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** Sets the caller of a request. Runs before the body is read, so that requests without a valid token cost little. */
export function authenticate(verifyToken: VerifyToken): RequestHandler {
  return async (request, _response, next) => {
    const { authorization = '' } = request.headers;
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) {
      throw new ServiceError('UNAUTHENTICATED', 'The Authorization header must be "Bearer" followed by a token.');
    }
    contextOf(request).principal = await verifyToken(token);
    next();
  };
}
