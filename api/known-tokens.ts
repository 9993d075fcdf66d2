import type { Caller, VerifyToken } from './deps.js';
import { keepNewest } from './keep-newest.js';

/** How long a token that was found good is taken at its word, ms: keys that a provider withdraws live longer in its cache. */
const TRUSTED_MS = 30_000;
/** Tokens at a time; only good ones take a place. */
const MOST = 5000;

/**
 * Clients that poll send the same token again and again: its signature is computed once in half a minute. That it has
 * not expired is looked at each time.
 */
export function rememberTokens(verify: VerifyToken): VerifyToken {
  const known = new Map<string, { readonly caller: Caller; readonly until: number }>();
  return async (token) => {
    const now = Date.now();
    const found = known.get(token);
    if (found !== undefined && now < found.until) return found.caller;
    known.delete(token);
    const caller = await verify(token);
    known.set(token, { caller, until: Math.min(now + TRUSTED_MS, caller.expiresAt * 1000) });
    keepNewest(known, MOST);
    return caller;
  };
}
