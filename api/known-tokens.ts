import type { Principal, VerifyToken } from './deps.js';
import { keepNewest } from './keep-newest.js';

/** How long a token that was found good is taken at its word, ms: keys that a provider withdraws live longer in its cache. */
const TRUSTED_MS = 30_000;
/** Tokens at a time; only good ones take a place. */
const MOST = 5000;

export interface VerifiedToken {
  readonly principal: Principal;
  /** Unix time in seconds from when on the token is not good any more. */
  readonly expiresAt: number;
}

/**
 * Clients that poll send the same token again and again: its signature is computed once in half a minute. That it has
 * not expired is looked at each time.
 */
export function rememberTokens(verify: (token: string) => Promise<VerifiedToken>): VerifyToken {
  const known = new Map<string, VerifiedToken & { readonly until: number }>();
  return async (token) => {
    const now = Date.now();
    const found = known.get(token);
    if (found !== undefined && now < found.until && now < found.expiresAt * 1000) return found.principal;
    known.delete(token);
    const verified = await verify(token);
    known.set(token, { ...verified, until: now + TRUSTED_MS });
    keepNewest(known, MOST);
    return verified.principal;
  };
}
