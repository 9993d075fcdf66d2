import { LRUCache } from 'lru-cache';
import type { Caller, VerifyToken } from '../deps.js';

/** A verified token is trusted for this long, ms. Providers' own caches keep revoked keys for longer. */
const TRUSTED_MS = 30_000;
/** Maximum number of remembered tokens; only valid ones are remembered. */
const MOST = 5000;

/**
 * Caches valid tokens, because polling clients send the same one over and over: the signature is verified once every 30
 * seconds, the expiry every time.
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
