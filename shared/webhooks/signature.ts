import { createHmac } from 'node:crypto';

/**
 * Secrets and signatures as in Standard Webhooks (https://www.standardwebhooks.com).
 *
 * A tenant's secret is not stored: it is derived from the operator's key, the tenant and a version, and rotated by
 * incrementing the version. The database alone does not reveal a secret.
 */

/** Separates these secrets from anything else that may be derived from the same key. */
const PURPOSE = 'webhook secret 1';

export interface SecretVersion {
  readonly tenantId: string;
  /** Starts at 1; every rotation increments it. */
  readonly version: number;
}

/** `whsec_` followed by 32 bytes in base64. */
export function webhookSecret(key: string, { tenantId, version }: SecretVersion): string {
  const bytes = createHmac('sha256', key).update(`${PURPOSE}\n${tenantId}\n${version}`).digest();
  return `whsec_${bytes.toString('base64')}`;
}

export interface SignedMessage {
  readonly id: string;
  /** Time of sending, seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

function signature(secret: string, { id, timestamp, body }: SignedMessage): string {
  const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', bytes).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** The headers of a message, with one signature per secret: a receiver that knows any of them can verify it. */
export function webhookHeaders(secrets: readonly string[], message: SignedMessage): Record<string, string> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': secrets.map((secret) => signature(secret, message)).join(' '),
  };
}
