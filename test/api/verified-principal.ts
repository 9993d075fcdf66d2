import assert from 'node:assert/strict';
import type { Caller, Principal } from '../../api/deps.js';

/** Claims of a token, without its expiry. */
export async function verifiedPrincipal(verified: Promise<Caller>): Promise<Principal> {
  const { expiresAt, ...principal } = await verified;
  assert.ok(expiresAt > Date.now() / 1000);
  return principal;
}
