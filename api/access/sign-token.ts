import { SignJWT } from 'jose';
import type { Principal } from '../deps.js';
import { idClaims, type IdClaims } from './token-claims.js';

/** Signs a token like an identity provider's, with HS256 and the API's own secret. */
export function signToken(
  secret: string,
  { userId, tenantId, email, scopes, ttlSeconds }: Principal & { readonly ttlSeconds: number },
  { user, tenant }: IdClaims = idClaims(),
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    [user]: userId,
    ...(tenant === null ? {} : { [tenant]: tenantId }),
    ...(email === undefined ? {} : { email }),
    ...(scopes === undefined ? {} : { scope: scopes.join(' ') }),
  })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt(now)
    .setExpirationTime(now + ttlSeconds)
    .sign(new TextEncoder().encode(secret));
}
