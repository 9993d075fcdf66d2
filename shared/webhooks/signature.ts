import { createHmac } from 'node:crypto';

/**
 * Standard Webhooks (https://www.standardwebhooks.com): secrets and signatures.
 *
 * A tenant's secret is not stored anywhere: it is derived from the operator's key, the tenant and a version, and
 * rotated by raising the version. The database alone gives no secret away, and the key alone changes none.
 */

/** The same key may derive other things one day; none of these shall be a webhook's secret. */
const PURPOSE = 'webhook secret 1';

export interface SecretVersion {
  readonly tenantId: string;
  /** From 1; every rotation raises it. */
  readonly version: number;
}

/** `whsec_` and 32 bytes as base64. */
export function webhookSecret(key: string, { tenantId, version }: SecretVersion): string {
  const bytes = createHmac('sha256', key).update(`${PURPOSE}\n${tenantId}\n${version}`).digest();
  return `whsec_${bytes.toString('base64')}`;
}

export interface SignedMessage {
  readonly id: string;
  /** When it is sent, seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

function signature(secret: string, { id, timestamp, body }: SignedMessage): string {
  const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', bytes).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** The headers of a message, with a signature by each secret: a receiver that knows any of them can verify it. */
export function webhookHeaders(secrets: readonly string[], message: SignedMessage): Record<string, string> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': secrets.map((secret) => signature(secret, message)).join(' '),
  };
}
