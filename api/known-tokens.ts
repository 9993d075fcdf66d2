import { LRUCache } from 'lru-cache';
import type { Caller, VerifyToken } from './deps.js';

/** How long a token that was found good is taken at its word, ms: keys that a provider withdraws live longer in its cache. */
const TRUSTED_MS = 30_000;
/** Tokens at a time; only good ones take a place. */
const MOST = 5000;

/**
 * Clients that poll send the same token again and again: its signature is computed once in half a minute. That it has
 * not expired is looked at each time.
 */
export function rememberTokens(verify: VerifyToken): VerifyToken {
  const known = new LRUCache<string, Caller>({ max: MOST });
  return async (token) => {
    const found = known.get(token);
    if (found !== undefined) return found;
    const caller = await verify(token);
    const ttl = Math.min(TRUSTED_MS, caller.expiresAt * 1000 - Date.now());
    // A time to live of 0 would mean forever.
    if (ttl > 0) known.set(token, caller, { ttl });
    return caller;
  };
}
