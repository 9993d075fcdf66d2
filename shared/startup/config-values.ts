import { z } from 'zod';
import { isRange } from '../network/address-rule.js';
import { readRecipientRule } from '../mails/recipient.js';
import { readPayloadKeys } from '../temporal/payload-keys.js';
import { readWeights } from '../temporal/tenant-weights.js';
import { isDatabaseUrl } from './database-url.js';
import { readTrustProxy } from './trust-proxy.js';

/** Parsers for environment variables. */

/** Milliseconds. */
export const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d+)\s*(ms|s|m|h|d)$/;

/** A value parsed by `read`; if that returns null, the error is this sentence. */
const readBy =
  <T>(read: (text: string) => T | null, sentence: string) =>
  (text: string, context: z.RefinementCtx) => {
    const value = read(text);
    if (value !== null) return value;
    context.addIssue(sentence);
    return z.NEVER;
  };

export const wholeNumber = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(minimum, `must be at least ${minimum}`).max(maximum, `must be at most ${maximum}`));
export const milliseconds = z
  .string()
  .regex(DURATION, 'must be a time such as 90s, 30m, 24h or 7d')
  .transform((text) => {
    const [, amount, unit] = DURATION.exec(text) ?? [];
    return Number(amount) * UNITS[unit as keyof typeof UNITS];
  });
/** Requests per minute; 0 means no limit. */
export const requests = (usual: number) =>
  wholeNumber(0)
    .default(usual)
    .transform((limit) => (limit === 0 ? undefined : limit));
const isOrigin = (text: string): boolean => text === '*' || (URL.canParse(text) && new URL(text).origin === text);
export const origins = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((origin) => origin.trim() || []))
  .refine((list) => list.every(isOrigin), 'must be origins such as https://app.example.com, separated by commas, or *');
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const logLevel = z.enum(LEVELS, { error: `must be one of ${LEVELS.join(', ')}` });
// Without a protocol check, `localhost:9000` would be a valid URL with the scheme `localhost`.
export const url = z.url({ protocol: /^https?$/, error: 'must be an address such as http://host:port' });
export const ranges = z
  .string()
  .transform((text) => text.split(',').map((range) => range.trim()))
  .refine((list) => list.every(isRange), 'must be ranges of IP addresses such as 10.0.0.0/8,fd00::/8');
const SMTP_SENTENCE = 'must be an address such as smtp://user:password@host:587 or smtps://user:password@host';
const hasHost = (address: string): boolean => URL.canParse(address) && new URL(address).hostname !== '';
export const smtpUrl = z.url({ protocol: /^smtps?$/, error: SMTP_SENTENCE }).refine(hasHost, SMTP_SENTENCE);
const SENDER = /^(?:[^\r\n<>]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/;
export const sender = z.string().regex(SENDER, 'must be an address such as Exports <exports@example.com>');
const WEIGHTS_SENTENCE = 'must be tenant ids, each with a weight from 0.001 to 1000, such as acme=2';
export const weights = z.string().default('').transform(readBy(readWeights, WEIGHTS_SENTENCE));
const PAYLOAD_KEY_SENTENCE =
  'must be NAME:KEY, or several different ones separated by commas; each KEY is 32 random bytes in base64 (openssl rand -base64 32)';
/** Encrypts what Temporal stores; absent: nothing is encrypted. */
export const payloadKeys = z.string().transform(readBy(readPayloadKeys, PAYLOAD_KEY_SENTENCE)).optional();
/** Several keys let operators replace one: the first is for new data, the others are for older data. */
export const keys = (shortest: number) =>
  z.string().transform(
    readBy((text) => {
      const [first = '', ...others] = text.split(',').map((key) => key.trim());
      const areLong = [first, ...others].every(({ length }) => length >= shortest);
      return areLong && new Set([first, ...others]).size === others.length + 1 ? ([first, ...others] as const) : null;
    }, `must be a key of at least ${shortest} characters, or several different ones separated by commas`),
  );
/** Can later become one of the keys in `AUDIT_KEY`, which commas separate. */
export const linkSecret = z
  .string()
  .min(16, 'must be at least 16 characters')
  .refine(
    (text) => text === text.trim() && !text.includes(','),
    'must not contain commas, or start or end with a space',
  );
const TRUST_PROXY_SENTENCE = 'must be true, false, a number of proxies, or their addresses such as loopback,10.0.0.0/8';
export const trustProxy = z.string().default('false').transform(readBy(readTrustProxy, TRUST_PROXY_SENTENCE));
const RECIPIENT_SENTENCE = 'must be token, any, or a list of domains such as domains:example.com,example.org';
export const recipientRule = z.string().transform(readBy(readRecipientRule, RECIPIENT_SENTENCE));
const DATABASE_URL_SENTENCE =
  'must be an address such as postgres://user:password@host:5432/database, with the special characters of the user and ' +
  'the password percent-encoded (%40 for @, %2F for /, %3F for ?, %23 for #, %25 for %)';
export const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, { error: 'must begin with postgres:// or postgresql://', abort: true })
  .refine(isDatabaseUrl, DATABASE_URL_SENTENCE);
