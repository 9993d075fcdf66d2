import { LRUCache } from 'lru-cache';
import type { Caller, VerifyToken } from '../deps.js';

/** How long a valid token isn't verified again, ms. A provider's own caches keep withdrawn keys for longer. */
const TRUSTED_MS = 30_000;
/** Tokens remembered at a time; only valid ones are. */
const MOST = 5000;

/**
 * Remembers valid tokens, since clients that poll send the same one over and over: its signature is verified once every
 * 30 seconds, its expiry every time.
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
