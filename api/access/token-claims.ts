import type { JWTPayload } from 'jose';
import { z } from 'zod';
import type { UserRef } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import { referenceClaim } from '../../shared/identity/reference-schema.js';
import { NOT_AN_ID, SINGLE_TENANT } from '../../shared/identity/reference.js';
import { mailAddress } from '../../shared/mails/address.js';
import type { Caller } from '../deps.js';

/** What a verified token says about its user. */

/** Names separated by spaces, or a list of names. Anything else grants nothing. */
const scopeNames = z
  .union([z.string().transform((text) => text.split(' ').filter((name) => name !== '')), z.array(z.string())])
  .optional()
  .catch([]);
const claims = z.object({
  exp: z.number(),
  // An invalid address doesn't make the token invalid; its user just isn't mailed, and a warning is logged.
  email: z.unknown().optional(),
  // RFC 8693 defines `scope`; Microsoft and Okta use `scp`, Auth0 also `permissions`.
  scope: scopeNames,
  scp: scopeNames,
  permissions: scopeNames,
});

/** The union of the scope claims; undefined if the token has none of them. */
function scopesOf({
  scope,
  scp,
  permissions,
}: Omit<z.infer<typeof claims>, 'exp' | 'email'>): readonly string[] | undefined {
  const named = [scope, scp, permissions].filter((names) => names !== undefined);
  return named.length === 0 ? undefined : [...new Set(named.flat())];
}

/** The names of the claims with the ids; without one for the tenant, every user belongs to `SINGLE_TENANT`. */
export interface IdClaims {
  readonly user: string;
  readonly tenant: string | null;
}

export const idClaims = (user = 'sub', tenant: string | null = 'tenant_id'): IdClaims => ({ user, tenant });

export const tokenRefused = (why: string, cause?: unknown): ServiceError =>
  new ServiceError('UNAUTHENTICATED', why, {}, { cause });

function idsFrom(payload: JWTPayload, { user, tenant }: IdClaims): UserRef {
  const [userId, tenantId] = [user, tenant].map((claim) =>
    claim === null ? SINGLE_TENANT : referenceClaim.safeParse(payload[claim]).data,
  );
  if (userId !== undefined && tenantId !== undefined) return { userId, tenantId };
  const wrong = [...(userId === undefined ? [user] : []), ...(tenantId === undefined ? [tenant] : [])];
  throw tokenRefused(`The token's ${wrong.join(' and ')} ${NOT_AN_ID}.`);
}

interface Reading {
  readonly ids: IdClaims;
  /** A token that lists no scopes has none. */
  readonly isScopeNeeded: boolean;
  readonly onUnusableEmail: (userId: string) => void;
}

/** @throws ServiceError UNAUTHENTICATED if an id or `exp` is missing or unusable */
export function callerFrom(payload: JWTPayload, { ids, isScopeNeeded, onUnusableEmail }: Reading): Caller {
  const owner = idsFrom(payload, ids);
  const { data: read } = claims.safeParse(payload);
  // JSON's 1e999 is infinite.
  if (read === undefined) throw tokenRefused("The token's exp claim is not valid.");
  const { exp, email: claimed, ...named } = read;
  const scopes = scopesOf(named) ?? (isScopeNeeded ? [] : undefined);
  const { data: email } = mailAddress.safeParse(claimed);
  if (email === undefined && (claimed ?? '') !== '') onUnusableEmail(owner.userId);
  return {
    ...owner,
    expiresAt: exp,
    ...(email === undefined ? {} : { email }),
    ...(scopes === undefined ? {} : { scopes }),
  };
}
