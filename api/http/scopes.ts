import type { Principal, Scope } from '../deps.js';

/** Scopes of a token that doesn't list any. */
const OWN: readonly Scope[] = ['exports:read', 'exports:write'];

/** Whether a token allows something. One that lists scopes has only those. */
export const hasScope = ({ scopes }: Principal, scope: Scope): boolean =>
  scopes?.includes(scope) ?? OWN.includes(scope);
