import { SignJWT } from 'jose';
import type { Principal } from './deps.js';

/** A token as an identity provider would make it; HS256, the secret that the API checks it with. */
export function signToken(
  secret: string,
  { userId, tenantId, email, scopes, ttlSeconds }: Principal & { readonly ttlSeconds: number },
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    tenant_id: tenantId,
    ...(email === undefined ? {} : { email }),
    ...(scopes === undefined ? {} : { scope: scopes.join(' ') }),
  })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setIssuedAt(now)
    .setExpirationTime(now + ttlSeconds)
    .sign(new TextEncoder().encode(secret));
}
