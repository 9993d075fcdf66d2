import { z } from 'zod';
import type { Tuning } from '../temporal/inputs.js';
import { DEFAULT_TUNING } from '../temporal/tuning.js';
import {
  databaseUrl,
  keys,
  linkSecret,
  milliseconds,
  logLevel,
  origins,
  payloadKeys,
  ranges,
  recipientRule,
  requests,
  sender,
  smtpUrl,
  trustProxy,
  UNITS,
  url,
  weights,
  wholeNumber,
} from './config-values.js';

/**
 * The environment, parsed once in a process's `main.ts`, frozen and passed down. Nothing else reads `process.env`,
 * except the AWS credential chain and `@temporalio/envconfig`, which have their own rules.
 */

/** Thrown when an environment variable is missing or invalid; the message is a sentence that names the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The claims of tokens that hold the ids. */
const tokenClaims = {
  JWT_USER_CLAIM: z.string().default('sub'),
  // Null if empty: tokens name no tenant, and the service has a single one.
  JWT_TENANT_CLAIM: z
    .string()
    .default('tenant_id')
    .transform((claim) => (claim === '' ? null : claim)),
};

const common = z.object({
  ...tokenClaims,
  DATABASE_URL: databaseUrl,
  SOURCE_DATABASE_URL: databaseUrl.optional(),
  S3_ENDPOINT: url.optional(),
  S3_PUBLIC_ENDPOINT: url.optional(),
  S3_REGION: z.string().default('us-east-1'),
  EXPORT_BUCKET: z.string().min(3, 'must be at least 3 characters'),
  LINK_SECRET: linkSecret,
  // Every tenant's webhook secret is derived from it.
  WEBHOOK_KEY: z.string().min(32, 'must be at least 32 characters'),
  PAYLOAD_KEY: payloadKeys,
  // For the mask `hash`; required if a dataset uses it. The first key is for new exports, the others for exports that
  // were planned with them.
  MASK_KEY: keys(32).optional(),
  // Keys for the hashes of erased users in the audit log: new hashes use the first one, searches try all of them.
  AUDIT_KEY: keys(16).optional(),
  // Address ranges that webhooks may use in addition to the public internet.
  WEBHOOK_ALLOWED_RANGES: ranges.default([]),
  // Addresses that a request may send email to, besides the token's own.
  NOTIFY_EMAIL: recipientRule.default('token'),
  PUBLIC_URL: url.default('http://localhost:3000'),
  DATASETS_MODULE: z.string().optional(),
  RETRY_WINDOW: milliseconds.default(24 * UNITS.h),
  // Settings of exports, for the API and for workers that run schedules.
  MAX_ACTIVE_EXPORTS: wholeNumber(1).default(2),
  // Across all users and processes; no limit by default.
  MAX_ACTIVE_EXPORTS_PER_TENANT: wholeNumber(1).optional(),
  SEGMENTS_IN_FLIGHT: wholeNumber(1).default(DEFAULT_TUNING.segmentsInFlight),
  // Shares of the database readers; unlisted tenants have 1.
  TENANT_WEIGHTS: weights,
  MAX_ROWS: wholeNumber(1).default(DEFAULT_TUNING.maxRows),
  MAX_BYTES: wholeNumber(1).default(DEFAULT_TUNING.maxBytes),
  // At most seven days.
  URL_TTL_SECONDS: wholeNumber(1, 604_800).default(DEFAULT_TUNING.urlTtlSeconds),
  // Port for metrics. If unset, the API serves them on its own port and a worker does not serve any.
  METRICS_PORT: wholeNumber(1, 65_535).optional(),
  METRICS_HOST: z.string().default('0.0.0.0'),
  // Where to send traces. OpenTelemetry reads this and its other variables itself.
  OTEL_EXPORTER_OTLP_ENDPOINT: url.optional(),
  LOG_LEVEL: logLevel.default('info'),
});

const api = common.extend({
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().default('0.0.0.0'),
  JWT_SECRET: z.string().min(32, 'must be at least 32 characters').optional(),
  JWT_JWKS_URL: url.optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  // Whether a token without scopes has no permissions. Default: true with JWT_JWKS_URL, false with JWT_SECRET.
  JWT_REQUIRE_SCOPE: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .transform((text) => text === 'true')
    .optional(),
  CORS_ORIGINS: origins,
  // Proxies whose X-Forwarded-For the access log trusts.
  TRUST_PROXY: trustProxy,
  // Each process counts separately.
  RATE_LIMIT_USER: requests(1200),
  RATE_LIMIT_TENANT: requests(30_000),
  // Per user and process.
  MAX_EVENT_STREAMS: wholeNumber(1).default(20),
  // Per user.
  MAX_SCHEDULES: wholeNumber(0).default(20),
  MIN_SCHEDULE_INTERVAL: milliseconds.default(15 * UNITS.m),
});

const worker = common.extend({
  RESEND_API_KEY: z.string().optional(),
  RESEND_BASE_URL: url.optional(),
  // Fallback fonts for characters that the built-in fonts lack: comma-separated paths.
  PDF_FONTS: z
    .string()
    .transform((paths) => paths.split(',').map((path) => path.trim()))
    .pipe(z.array(z.string().min(1, 'must be paths separated by commas')))
    .optional(),
  // PDF titles and logos by tenant: a JSON file.
  PDF_BRANDING: z.string().optional(),
  SMTP_URL: smtpUrl.optional(),
  EMAIL_FROM: sender.optional(),
  // Database readers of this process: plans, segments and finishes that run in parallel.
  WORKER_DATA_SLOTS: wholeNumber(1).default(4),
  // Limit for one query of an export; an activity has half an hour in total.
  SOURCE_STATEMENT_TIMEOUT: milliseconds
    .default(DEFAULT_TUNING.segment.startToCloseMs)
    .refine((ms) => ms >= UNITS.s, 'must be at least 1s'),
  // How long the row of an export is kept after its end; its file and uploads are deleted earlier.
  JOB_TTL: milliseconds.default(90 * UNITS.d),
  // How long events of the audit log are kept.
  AUDIT_TTL: milliseconds.default(400 * UNITS.d),
  // Port on which the Temporal SDK serves its own metrics.
  METRICS_SDK_PORT: wholeNumber(1, 65_535).optional(),
  // How long a worker waits for its activities on shutdown before it aborts them.
  WORKER_DRAIN: milliseconds.default(20 * UNITS.s),
  // Temporal worker versioning: the deployment of all workers, and the build of this one.
  WORKER_DEPLOYMENT: z.string().optional(),
  WORKER_BUILD_ID: z.string().optional(),
});

/** All environment variables that the API or a worker reads. */
export const VARIABLES: readonly string[] = [...new Set([...Object.keys(api.shape), ...Object.keys(worker.shape)])];

export type CommonConfig = Readonly<z.infer<typeof common>>;
export type ApiConfig = Readonly<z.infer<typeof api>>;
export type WorkerConfig = Readonly<z.infer<typeof worker>>;
type Environment = Readonly<Record<string, string | undefined>>;

function parse<T>(schema: z.ZodType<T>, environment: Environment): Readonly<T> {
  // Compose files and shells pass an unset variable as an empty string.
  const set = Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => value !== undefined && (value !== '' || name === 'JWT_TENANT_CLAIM'),
    ),
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
 * The settings for `npm run migrate`.
 * @throws ConfigError if the variable is missing or invalid
 */
export const parseMigrateConfig = (environment: Environment) =>
  parse(z.object({ DATABASE_URL: databaseUrl }), environment);

/** The settings for `npm run token`. */
export const parseTokenConfig = (environment: Environment) => parse(z.object(tokenClaims), environment);

/**
 * The settings of the datasets, which `npm start` reads before it starts anything.
 * @throws ConfigError if a variable is invalid
 */
export const parseDatasetConfig = (environment: Environment) =>
  parse(
    z.object({ ...tokenClaims, DATASETS_MODULE: z.string().optional(), MASK_KEY: keys(32).optional() }),
    environment,
  );

/**
 * The settings for `npm run setup:temporal`.
 * @throws ConfigError if the variable is invalid
 */
export const parseTemporalConfig = (environment: Environment) =>
  parse(z.object({ PAYLOAD_KEY: payloadKeys }), environment);

/** @throws ConfigError with a sentence per missing or invalid variable */
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

/** @throws ConfigError with a sentence per missing or invalid variable */
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

/** A worker's deployment and build; null without worker versioning. */
export function deploymentOf({ WORKER_DEPLOYMENT: deploymentName, WORKER_BUILD_ID: buildId }: WorkerConfig) {
  return deploymentName === undefined || buildId === undefined ? null : { deploymentName, buildId };
}

/** The keys of the audit log, newest first. */
export const auditKeysOf = ({ AUDIT_KEY, LINK_SECRET }: Pick<CommonConfig, 'AUDIT_KEY' | 'LINK_SECRET'>) =>
  AUDIT_KEY ?? ([LINK_SECRET] as const);

/** The tuning that exports receive in their input. */
export function tuningOf(config: CommonConfig): Tuning {
  return {
    ...DEFAULT_TUNING,
    segmentsInFlight: config.SEGMENTS_IN_FLIGHT,
    maxRows: config.MAX_ROWS,
    maxBytes: config.MAX_BYTES,
    urlTtlSeconds: config.URL_TTL_SECONDS,
  };
}
