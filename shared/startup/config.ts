import { z } from 'zod';
import type { Tuning } from '../temporal/inputs.js';
import { isDatabaseUrl } from './database-url.js';
import { readPayloadKeys } from '../temporal/payload-keys.js';
import { readRecipientRule } from '../mails/recipient.js';
import { readWeights } from '../temporal/tenant-weights.js';
import { readTrustProxy } from './trust-proxy.js';
import { DEFAULT_TUNING } from '../temporal/tuning.js';
import { isRange } from '../network/address-rule.js';

/**
 * The environment, parsed once in a process's `main.ts`, frozen and passed down. Nothing else reads `process.env`,
 * but for the AWS credential chain and `@temporalio/envconfig`, which have rules of their own.
 */

/** Thrown when the environment cannot be used; the message is a sentence that names the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d+)\s*(ms|s|m|h|d)$/;

const wholeNumber = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(minimum, `must be at least ${minimum}`).max(maximum, `must be at most ${maximum}`));
const duration = z
  .string()
  .regex(DURATION, 'must be a time such as 90s, 30m, 24h or 7d')
  .transform((text) => {
    const [, amount, unit] = DURATION.exec(text) ?? [];
    return Number(amount) * UNITS[unit as keyof typeof UNITS];
  });
/** Requests a minute; 0 is no limit. */
const requests = (usual: number) =>
  wholeNumber(0)
    .default(usual)
    .transform((limit) => (limit === 0 ? undefined : limit));
const isOrigin = (text: string): boolean => text === '*' || (URL.canParse(text) && new URL(text).origin === text);
const origins = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((origin) => origin.trim() || []))
  .refine((list) => list.every(isOrigin), 'must be origins such as https://app.example.com, separated by commas, or *');
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
// `localhost:9000` is a URL, too: of the scheme `localhost`.
const url = z.url({ protocol: /^https?$/, error: 'must be an address such as http://host:port' });
const ranges = z
  .string()
  .transform((text) => text.split(',').map((range) => range.trim()))
  .refine((list) => list.every(isRange), 'must be ranges of IP addresses such as 10.0.0.0/8,fd00::/8');
const SMTP_SENTENCE = 'must be an address such as smtp://user:password@host:587 or smtps://user:password@host';
const hasHost = (address: string): boolean => URL.canParse(address) && new URL(address).hostname !== '';
const SENDER = /^(?:[^\r\n<>]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/;
const WEIGHTS_SENTENCE =
  "must be tenants' ids, each with a weight from 0.001 to 1000, such as 0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01=2";
const weights = z
  .string()
  .default('')
  .transform((text, context) => {
    const read = readWeights(text);
    if (read !== null) return read;
    context.addIssue(WEIGHTS_SENTENCE);
    return z.NEVER;
  });
const PAYLOAD_KEY_SENTENCE =
  'must be NAME:KEY, or several of these separated by commas; each KEY is 32 random bytes in base64 (openssl rand -base64 32)';
/** Encrypts what Temporal stores; absent: nothing is encrypted. */
const payloadKeys = z
  .string()
  .transform((text, context) => {
    const keys = readPayloadKeys(text);
    if (keys !== null) return keys;
    context.addIssue(PAYLOAD_KEY_SENTENCE);
    return z.NEVER;
  })
  .optional();
const TRUST_PROXY_SENTENCE = 'must be true, false, a number of proxies, or their addresses such as loopback,10.0.0.0/8';
const trustProxy = z
  .string()
  .default('false')
  .transform((text, context) => {
    const proxies = readTrustProxy(text);
    if (proxies !== null) return proxies;
    context.addIssue(TRUST_PROXY_SENTENCE);
    return z.NEVER;
  });
const recipientRule = z.string().transform((text, context) => {
  const rule = readRecipientRule(text);
  if (rule !== null) return rule;
  context.addIssue('must be token, any, or a list of domains such as domains:example.com,example.org');
  return z.NEVER;
});
const DATABASE_URL_SENTENCE =
  'must be an address such as postgres://user:password@host:5432/database, with the special characters of the user and ' +
  'the password percent-encoded (%40 for @, %2F for /, %3F for ?, %23 for #, %25 for %)';
const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, { error: 'must begin with postgres:// or postgresql://', abort: true })
  .refine(isDatabaseUrl, DATABASE_URL_SENTENCE);

const common = z.object({
  DATABASE_URL: databaseUrl,
  SOURCE_DATABASE_URL: databaseUrl.optional(),
  S3_ENDPOINT: url.optional(),
  S3_PUBLIC_ENDPOINT: url.optional(),
  S3_REGION: z.string().default('us-east-1'),
  EXPORT_BUCKET: z.string().min(3, 'must be at least 3 characters'),
  LINK_SECRET: z.string().min(16, 'must be at least 16 characters'),
  // Every tenant's webhook secret is derived from it.
  WEBHOOK_KEY: z.string().min(32, 'must be at least 32 characters'),
  PAYLOAD_KEY: payloadKeys,
  // Where webhooks may go beside the public internet.
  WEBHOOK_ALLOWED_RANGES: ranges.default([]),
  // Which addresses a request may send email to, besides the token's own.
  NOTIFY_EMAIL: recipientRule.default('token'),
  PUBLIC_URL: url.default('http://localhost:3000'),
  DATASETS_MODULE: z.string().optional(),
  RETRY_WINDOW: duration.default(24 * UNITS.h),
  // What exports are given: by the API that starts them, and by a worker whose schedules do.
  MAX_ACTIVE_EXPORTS: wholeNumber(1).default(2),
  // Over all users and all processes; none is no limit.
  MAX_ACTIVE_EXPORTS_PER_TENANT: wholeNumber(1).optional(),
  SEGMENTS_IN_FLIGHT: wholeNumber(1).default(DEFAULT_TUNING.segmentsInFlight),
  // Shares of the database readers; a tenant that is not named has 1.
  TENANT_WEIGHTS: weights,
  MAX_ROWS: wholeNumber(1).default(DEFAULT_TUNING.maxRows),
  MAX_BYTES: wholeNumber(1).default(DEFAULT_TUNING.maxBytes),
  // Seven days is as long as S3 signs a link for.
  URL_TTL_SECONDS: wholeNumber(1, 604_800).default(DEFAULT_TUNING.urlTtlSeconds),
  // Where metrics are served: of the API beside its own port when unset, of a worker nowhere then.
  METRICS_PORT: wholeNumber(1, 65_535).optional(),
  METRICS_HOST: z.string().default('0.0.0.0'),
  // Whom traces are sent to. OpenTelemetry reads this and its other variables itself.
  OTEL_EXPORTER_OTLP_ENDPOINT: url.optional(),
  LOG_LEVEL: z.enum(LEVELS, { error: `must be one of ${LEVELS.join(', ')}` }).default('info'),
});

const api = common.extend({
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().default('0.0.0.0'),
  JWT_SECRET: z.string().min(32, 'must be at least 32 characters').optional(),
  JWT_JWKS_URL: url.optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  // A token without scopes may do nothing; unset: true for tokens of JWT_JWKS_URL, false for those of JWT_SECRET.
  JWT_REQUIRE_SCOPE: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .transform((text) => text === 'true')
    .optional(),
  CORS_ORIGINS: origins,
  // The proxies whose X-Forwarded-For the access log trusts.
  TRUST_PROXY: trustProxy,
  // Each process counts for itself.
  RATE_LIMIT_USER: requests(1200),
  RATE_LIMIT_TENANT: requests(30_000),
  // Of one user, in one process.
  MAX_EVENT_STREAMS: wholeNumber(1).default(20),
  // Of one user.
  MAX_SCHEDULES: wholeNumber(0).default(20),
  MIN_SCHEDULE_INTERVAL: duration.default(15 * UNITS.m),
});

const worker = common.extend({
  RESEND_API_KEY: z.string().optional(),
  RESEND_BASE_URL: url.optional(),
  // Fonts for what the built-in one has no shape for: paths, with commas between them.
  PDF_FONTS: z
    .string()
    .transform((paths) => paths.split(',').map((path) => path.trim()))
    .pipe(z.array(z.string().min(1, 'must be paths separated by commas')))
    .optional(),
  // Titles and logos of PDFs by tenant: a JSON file.
  PDF_BRANDING: z.string().optional(),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: SMTP_SENTENCE })
    .refine(hasHost, SMTP_SENTENCE)
    .optional(),
  EMAIL_FROM: z.string().regex(SENDER, 'must be an address such as Exports <exports@example.com>').optional(),
  // Database readers of this process: plans, segments and finishes that run at the same time.
  WORKER_DATA_SLOTS: wholeNumber(1).default(4),
  // One query of an export; an activity has half an hour in all.
  SOURCE_STATEMENT_TIMEOUT: duration
    .default(DEFAULT_TUNING.segment.startToCloseMs)
    .refine((ms) => ms >= UNITS.s, 'must be at least 1s'),
  // Rows of ended exports, counted from their end; files and uploads go before them.
  JOB_TTL: duration.default(90 * UNITS.d),
  // Where the Temporal SDK serves metrics of its own.
  METRICS_SDK_PORT: wholeNumber(1, 65_535).optional(),
  // How long a stopping worker lets its activities finish before it aborts them.
  WORKER_DRAIN: duration.default(20 * UNITS.s),
  // Temporal's worker versioning: the deployment that all workers belong to, and the build that this one is.
  WORKER_DEPLOYMENT: z.string().optional(),
  WORKER_BUILD_ID: z.string().optional(),
});

/** Every variable that the API or a worker reads here. */
export const VARIABLES: readonly string[] = [...new Set([...Object.keys(api.shape), ...Object.keys(worker.shape)])];

export type CommonConfig = Readonly<z.infer<typeof common>>;
export type ApiConfig = Readonly<z.infer<typeof api>>;
export type WorkerConfig = Readonly<z.infer<typeof worker>>;
type Environment = Readonly<Record<string, string | undefined>>;

function parse<T>(schema: z.ZodType<T>, environment: Environment): Readonly<T> {
  // An empty variable is an unset one: that is how compose files and shells leave them out.
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(set);
  if (result.success) return Object.freeze(result.data);
  const sentences = result.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return set[name] === undefined ? `${name} is not set.` : `${name} ${message}.`;
  });
  throw new ConfigError(sentences.join(' '));
}

/**
 * What `npm run migrate` needs.
 * @throws ConfigError when the variable is missing or wrong
 */
export const parseMigrateConfig = (environment: Environment) =>
  parse(z.object({ DATABASE_URL: databaseUrl }), environment);

/**
 * What `npm run setup:temporal` needs.
 * @throws ConfigError when the variable is wrong
 */
export const parseTemporalConfig = (environment: Environment) =>
  parse(z.object({ PAYLOAD_KEY: payloadKeys }), environment);

/** @throws ConfigError with a sentence for each variable that is missing or wrong. */
export function parseApiConfig(environment: Environment): ApiConfig {
  const config = parse(api, environment);
  if (config.JWT_SECRET === undefined && config.JWT_JWKS_URL === undefined) {
    throw new ConfigError('Set JWT_SECRET or JWT_JWKS_URL.');
  }
  if (config.JWT_JWKS_URL !== undefined && config.JWT_AUDIENCE === undefined) {
    throw new ConfigError('JWT_AUDIENCE is not set: the keys at JWT_JWKS_URL also sign tokens for other services.');
  }
  return config;
}

/** @throws ConfigError with a sentence for each variable that is missing or wrong. */
export function parseWorkerConfig(environment: Environment): WorkerConfig {
  const config = parse(worker, environment);
  if (config.RESEND_API_KEY !== undefined && config.SMTP_URL !== undefined) {
    throw new ConfigError('RESEND_API_KEY and SMTP_URL are both set. Set only one of them.');
  }
  if ((config.RESEND_API_KEY ?? config.SMTP_URL) !== undefined && config.EMAIL_FROM === undefined) {
    throw new ConfigError('EMAIL_FROM is not set. Emails need a sender, such as Exports <exports@example.com>.');
  }
  if ((config.WORKER_DEPLOYMENT === undefined) !== (config.WORKER_BUILD_ID === undefined)) {
    throw new ConfigError('Set both WORKER_DEPLOYMENT and WORKER_BUILD_ID, or neither.');
  }
  return config;
}

/** Which version of which deployment a worker is; null without worker versioning. */
export function deploymentOf({ WORKER_DEPLOYMENT: deploymentName, WORKER_BUILD_ID: buildId }: WorkerConfig) {
  return deploymentName === undefined || buildId === undefined ? null : { deploymentName, buildId };
}

/** What goes into the input of exports, whoever starts them. */
export function tuningOf(config: CommonConfig): Tuning {
  return {
    ...DEFAULT_TUNING,
    segmentsInFlight: config.SEGMENTS_IN_FLIGHT,
    maxRows: config.MAX_ROWS,
    maxBytes: config.MAX_BYTES,
    urlTtlSeconds: config.URL_TTL_SECONDS,
  };
}
