import { join } from 'node:path';
import { Registry } from 'prom-client';
import { readCommandLine } from '../shared/command-line.js';
import { parseApiConfig, tuningOf, ConfigError, type ApiConfig } from '../shared/config.js';
import { DatasetError } from '../shared/datasets/index.js';
import { loadDatasets } from '../shared/datasets/load.js';
import { checkBucket, checkJobStore, checkSearchAttributes, checkTemporal } from '../shared/infrastructure/checks.js';
import { JobStore } from '../shared/infrastructure/job-store.js';
import { createLogger, type Logger } from '../shared/infrastructure/logger.js';
import { measureProcess, measureReaders } from '../shared/infrastructure/metrics.js';
import { MetricsPortError, serveMetrics } from '../shared/infrastructure/metrics-server.js';
import { openObjectStore } from '../shared/infrastructure/open-object-store.js';
import { Places } from '../shared/infrastructure/places.js';
import { createPool } from '../shared/infrastructure/postgres.js';
import { runMain, stopSignal } from '../shared/infrastructure/process.js';
import { serviceRoot } from '../shared/infrastructure/service-version.js';
import { ScheduleStore } from '../shared/infrastructure/schedule-store.js';
import { Source } from '../shared/infrastructure/source.js';
import { WebhookStore } from '../shared/infrastructure/webhook-store.js';
import { createAddressRule } from '../shared/webhooks/address-rule.js';
import { SILENCE_MS } from '../shared/infrastructure/time-limit.js';
import { openTracing } from '../shared/infrastructure/tracing.js';
import { connectTemporal, temporalAddress } from '../shared/infrastructure/temporal.js';
import { createApp } from './app.js';
import { logContext } from './context.js';
import type { ApiDeps } from './deps.js';
import { measureApi } from './measure-api.js';
import { ListenError, serveApp } from './server.js';
import { createTokenVerifier } from './verify-token.js';

/** How long requests may still take after a stop signal. */
const DRAIN_MS = 10_000;
/** The API only asks for single jobs and pages of them, and for a count that is cut off after a second. */
const IMPATIENT = { connectTimeoutMs: SILENCE_MS, queryTimeoutMs: SILENCE_MS };

/** Connections to the source database: so many estimates at a time, each of a second or two, and permissions between them. */
const ESTIMATES = 2;

const USAGE = `npm run api

Everything is configured by the environment: README.md, Configuration.`;

/** `npm run api`: any number of copies. Configured by the environment alone. */
async function main(): Promise<void> {
  const stop = stopSignal();
  readCommandLine(process.argv.slice(2), { usage: USAGE, options: {} });
  const stopping = new AbortController();
  const config = parseApiConfig(process.env);
  const registry = await loadDatasets(config.DATASETS_MODULE);
  const address = temporalAddress(config.PAYLOAD_KEY);
  const logger = createLogger('export-api', config.LOG_LEVEL, logContext);

  const onIdleError = (err: Error): void => {
    logger.warn({ err }, 'an idle database connection broke');
  };
  const pool = createPool(config.DATABASE_URL, {
    max: 10,
    name: 'export-api',
    onIdleError,
    ...IMPATIENT,
  });
  const sourcePool = createPool(config.SOURCE_DATABASE_URL ?? config.DATABASE_URL, {
    max: ESTIMATES,
    name: 'export-estimate',
    onIdleError,
    ...IMPATIENT,
  });
  const tracing = await openTracing(config, 'export-api');
  const temporal = connectTemporal(address, tracing?.client);
  const objects = openObjectStore(config);
  const { store } = objects;
  const measured = new Registry();
  measureProcess(measured);
  measureReaders(measured, sourcePool);
  const state = { jobs: new JobStore(pool), store, temporal };
  const { metrics, scrape } = measureApi(measured, state);
  try {
    const metricsPort = config.METRICS_PORT;
    if (metricsPort !== undefined) await serveMetrics(scrape, { host: config.METRICS_HOST, port: metricsPort });
    const deps: ApiDeps = {
      ...state,
      metrics,
      traceRequests: tracing === null ? undefined : (await import('./trace-requests.js')).traceRequests(tracing),
      scrape: metricsPort === undefined ? scrape : undefined,
      source: new Source(sourcePool),
      schedules: new ScheduleStore(temporal),
      places: new Places(pool),
      webhooks: new WebhookStore(pool),
      registry,
      logger,
      stopping: stopping.signal,
      verifyToken: createTokenVerifier(trustOf(config)),
      settings: {
        publicUrl: config.PUBLIC_URL,
        linkSecret: config.LINK_SECRET,
        webhookKey: config.WEBHOOK_KEY,
        webhookRule: createAddressRule(config.WEBHOOK_ALLOWED_RANGES),
        limit: config.MAX_ACTIVE_EXPORTS,
        tenantLimit: config.MAX_ACTIVE_EXPORTS_PER_TENANT,
        weights: config.TENANT_WEIGHTS,
        maxSchedules: config.MAX_SCHEDULES,
        minScheduleSeconds: config.MIN_SCHEDULE_INTERVAL / 1000,
        rateLimits: { user: config.RATE_LIMIT_USER, tenant: config.RATE_LIMIT_TENANT },
        corsOrigins: config.CORS_ORIGINS,
        maxEventStreams: config.MAX_EVENT_STREAMS,
        tuning: tuningOf(config),
        pageFolder: join(serviceRoot(), 'dist', 'web'),
      },
      readiness: [
        () => checkJobStore(pool),
        () => checkBucket(store),
        async () =>
          (await checkTemporal(temporal.client)) ??
          (await checkSearchAttributes(temporal.client.connection, address.namespace)),
      ],
    };
    const server = await serveApp(createApp(deps), { host: config.HOST, port: config.PORT });
    logger.info({ port: server.port, datasets: [...registry.keys()] }, 'listening');
    await Promise.race([stop, sayWhatIsMissing(deps, logger).then(() => stop)]);
    logger.info('draining');
    stopping.abort();
    await server.close(DRAIN_MS);
  } finally {
    await Promise.allSettled([pool.end(), sourcePool.end(), temporal.close()]);
    objects.close();
    await tracing?.close();
  }
  logger.info('stopped');
}

/** What is missing may come later: the API starts all the same, and `/readyz` says the same sentences. */
async function sayWhatIsMissing({ readiness }: ApiDeps, logger: Logger): Promise<void> {
  const answers = await Promise.all(readiness.map((check) => check()));
  for (const sentence of answers) if (sentence !== null) logger.warn(sentence);
}

const trustOf = (config: ApiConfig) => ({
  secret: config.JWT_SECRET,
  jwksUrl: config.JWT_JWKS_URL,
  issuer: config.JWT_ISSUER,
  audience: config.JWT_AUDIENCE,
});

await runMain(main, [ConfigError, DatasetError, ListenError, MetricsPortError]);
