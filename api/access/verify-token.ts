import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyOptions,
} from 'jose';
import { ServiceError } from '../../shared/errors.js';
import type { VerifyToken } from '../deps.js';
import { rememberTokens } from './known-tokens.js';
import { callerFrom, idClaims, tokenRefused } from './token-claims.js';

export interface TokenTrust {
  /** The key for HS256 signatures. */
  readonly secret?: string | undefined;
  /** The URL of an identity provider's public keys (RFC 7517). */
  readonly jwksUrl?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  /** The claim with the user's id; default `sub`. */
  readonly userClaim?: string | undefined;
  /** The claim with the tenant's id; default `tenant_id`. Null: every user belongs to `SINGLE_TENANT`. */
  readonly tenantClaim?: string | null | undefined;
  /**
   * Whether a token that lists no scopes has no permissions. Default: true for public-key signatures, false for the
   * secret's.
   */
  readonly requireScope?: boolean | undefined;
  /** Minimum time between two fetches of the keys for unknown key ids, ms; default 30,000. */
  readonly rotationMs?: number;
  /** Called for a token whose email address is not valid. */
  readonly onUnusableEmail?: (userId: string) => void;
}

const SYMMETRIC = 'HS256';
/** Public-key signatures only. If HS256 were allowed here, anybody could sign with a public key as the secret. */
const ASYMMETRIC = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** Media types of a token for an API (RFC 9068), or of any JWT. */
const TYPES = ['jwt', 'at+jwt'];
/** Allowed difference between the clocks of two servers, seconds. */
const CLOCK_TOLERANCE = 5;

interface Verified {
  readonly payload: JWTPayload;
  readonly requireScope: boolean;
}

/** The error for a token that can't be verified, or whose keys couldn't be fetched. */
function refusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return tokenRefused('The token has expired.', error);
  if (error instanceof errors.JWTClaimValidationFailed) {
    return tokenRefused(`The token's ${error.claim} claim is not valid.`, error);
  }
  // jose throws its base class when the provider responds with something else, or not at all.
  const isKeyFault = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
  if (isKeyFault || !(error instanceof errors.JOSEError) || error.code === errors.JOSEError.code) {
    const sentence = "The keys to verify tokens with can't be fetched.";
    return new ServiceError('TEMPORARILY_UNAVAILABLE', sentence, {}, { cause: error });
  }
  return tokenRefused('The token is not valid.', error);
}

/**
 * Rejects tokens for other purposes (logout, introspection, proof of possession): they can have the same issuer,
 * audience and subject, but a different type (RFC 8725, section 3.11).
 */
function requireType(typ: unknown = 'JWT'): void {
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : '';
  if (!TYPES.includes(type)) throw tokenRefused("This API doesn't accept tokens of this type.");
}

function algorithmOf(token: string): string | undefined {
  let header;
  try {
    header = decodeProtectedHeader(token);
  } catch (error) {
    throw tokenRefused('The token is not a JWT.', error);
  }
  requireType(header.typ);
  return header.alg;
}

/** Verifies the signature, times, issuer and audience of a JWT, and returns its user. */
export function createTokenVerifier({
  secret,
  jwksUrl,
  issuer,
  audience,
  userClaim,
  tenantClaim,
  requireScope,
  rotationMs,
  onUnusableEmail = () => undefined,
}: TokenTrust): VerifyToken {
  const secretKey = secret === undefined ? undefined : new TextEncoder().encode(secret);
  const publicKeys =
    jwksUrl === undefined
      ? undefined
      : createRemoteJWKSet(new URL(jwksUrl), rotationMs === undefined ? {} : { cooldownDuration: rotationMs });
  const ids = idClaims(userClaim, tenantClaim);
  const options: JWTVerifyOptions = {
    requiredClaims: ['exp'],
    clockTolerance: CLOCK_TOLERANCE,
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  };

  const verify = async (token: string): Promise<Verified> => {
    const algorithm = algorithmOf(token);
    if (algorithm === SYMMETRIC && secretKey !== undefined) {
      const { payload } = await jwtVerify(token, secretKey, { ...options, algorithms: [SYMMETRIC] });
      return { payload, requireScope: requireScope ?? false };
    }
    if (algorithm !== undefined && ASYMMETRIC.includes(algorithm) && publicKeys !== undefined) {
      const { payload } = await jwtVerify(token, publicKeys, { ...options, algorithms: ASYMMETRIC });
      return { payload, requireScope: requireScope ?? true };
    }
    throw tokenRefused("The token's signature algorithm is not accepted.");
  };

  return rememberTokens(async (token) => {
    try {
      const { payload, requireScope: isScopeNeeded } = await verify(token);
      return callerFrom(payload, { ids, isScopeNeeded, onUnusableEmail });
    } catch (error) {
      throw error instanceof ServiceError ? error : refusal(error);
    }
  });
}
