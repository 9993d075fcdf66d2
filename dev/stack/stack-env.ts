import type { Secrets } from './context.js';

/** The environment variables that the API and the worker need to run against a stack. */
export interface StackEnv {
  readonly DATABASE_URL: string;
  readonly SOURCE_DATABASE_URL: string;
  readonly S3_ENDPOINT: string;
  readonly S3_REGION: string;
  readonly EXPORT_BUCKET: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  readonly TEMPORAL_ADDRESS: string;
  readonly TEMPORAL_NAMESPACE: string;
  /** Mail uses Resend or SMTP: the other's variables are empty. */
  readonly SMTP_URL: string;
  readonly RESEND_API_KEY: string;
  readonly RESEND_BASE_URL: string;
  readonly EMAIL_FROM: string;
  readonly JWT_SECRET: string;
  readonly LINK_SECRET: string;
  readonly WEBHOOK_KEY: string;
  readonly WEBHOOK_ALLOWED_RANGES: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that do not depend on a service. The caller's own values take precedence. */
export function ownSettings(environment: Environment, secrets: Secrets) {
  return {
    S3_REGION: setting(environment, 'S3_REGION', 'us-east-1'),
    EXPORT_BUCKET: setting(environment, 'EXPORT_BUCKET', 'exports'),
    EMAIL_FROM: setting(environment, 'EMAIL_FROM', 'Exports <exports@example.com>'),
    JWT_SECRET: setting(environment, 'JWT_SECRET', secrets.jwtSecret),
    LINK_SECRET: setting(environment, 'LINK_SECRET', secrets.linkSecret),
    WEBHOOK_KEY: setting(environment, 'WEBHOOK_KEY', secrets.webhookKey),
    // Allow receivers on this machine: the inbox, and anything the developer runs.
    WEBHOOK_ALLOWED_RANGES: setting(environment, 'WEBHOOK_ALLOWED_RANGES', '127.0.0.0/8'),
  };
}

/** A variable's value; an empty one counts as unset. */
export function given(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  return value === '' ? undefined : value;
}

function setting(environment: Environment, name: string, otherwise: string): string {
  return given(environment, name) ?? otherwise;
}

/**
 * Whether a variable would change how programs reach the services started here, such as a session token of the user's
 * AWS login, which doesn't match the stack's keys. Services provided by the environment keep their settings.
 */
export function isForeign(name: string, environment: Environment): boolean {
  const foreign = [
    ...(given(environment, 'S3_ENDPOINT') === undefined ? [/^AWS_/, /^S3_/] : []),
    ...(given(environment, 'TEMPORAL_ADDRESS') === undefined ? [/^TEMPORAL_/] : []),
    ...(given(environment, 'DATABASE_URL') === undefined ? [/^PG[A-Z]+$/] : []),
  ];
  return foreign.some((pattern) => pattern.test(name));
}

/** The caller's environment with this stack's variables and without foreign ones. */
export function environmentFor(stackEnv: StackEnv, environment: Environment): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !isForeign(name, environment));
  // Temporal's configuration file in the user's home would add its API key and TLS to our address. The SDK rejects an
  // empty file, but accepts a missing one.
  const noFile =
    given(environment, 'TEMPORAL_ADDRESS') === undefined ? { TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml' } : {};
  return { ...Object.fromEntries(kept), ...noFile, ...stackEnv };
}
