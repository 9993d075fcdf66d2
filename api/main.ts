import { Registry } from '@prometheus-io/client';
import { readCommandLine } from '../shared/process/command-line.js';
import { auditKeysOf, parseApiConfig, ConfigError } from '../shared/startup/config.js';
import { DatasetError, type DatasetRegistry } from '../shared/datasets/index.js';
import { loadDatasets } from '../shared/datasets/load.js';
import { AuditStore } from '../shared/audit/store.js';
import { JobStore } from '../shared/job/store.js';
import type { Pool } from '../shared/postgres.js';
import { createLogger, type Logger } from '../shared/process/logger.js';
import { measureProcess, measureReaders } from '../shared/process/metrics.js';
import { MetricsPortError, serveMetrics } from '../shared/process/metrics-server.js';
import { openObjectStore } from '../shared/startup/open-object-store.js';
import { SavedExportStore } from '../shared/saved-exports/store.js';
import { ErasedIds } from '../shared/job/erased-ids.js';
import { Places } from '../shared/job/places.js';
import { createAddressRule } from '../shared/network/address-rule.js';
import { runMain, stopSignal } from '../shared/process/process.js';
import { createRequestSchema } from '../shared/request/request-schema.js';
import { ScheduleStore } from '../shared/schedules/store.js';
import { Source } from '../shared/source/source.js';
import { MailStore } from '../shared/mails/store.js';
import { WebhookStore } from '../shared/webhooks/store.js';
import { openTracing } from '../shared/process/tracing.js';
import { connectTemporal, temporalAddress, TemporalSettingsError } from '../shared/temporal/client.js';
import { createApp } from './app.js';
import { logContext } from './http/context.js';
import type { ApiDeps } from './deps.js';
import { measureApi } from './health/measure-api.js';
import { openPools } from './open-pools.js';
import { Permissions } from './access/permissions.js';
import { Readiness } from './health/readiness.js';
import { createReadinessChecks } from './health/readiness-checks.js';
import { ListenError, serveApp } from './server.js';
import { settingsOf, trustOf } from './settings.js';
import { createAdmissionTurns } from './exports/request-export.js';
import { CatalogDecimals } from './exports/catalog-decimals.js';
import { TimeZones } from './exports/time-zones.js';
import { createTokenVerifier } from './access/verify-token.js';

/** Time for open requests to finish after a stop signal. */
const DRAIN_MS = 10_000;

const USAGE = `npm run api

Everything is configured by the environment: README.md, Configuration.`;

/** `npm run api`: any number of copies. Configured by the environment alone. */
async function main(): Promise<void> {
  const stop = stopSignal();
  readCommandLine(process.argv.slice(2), { usage: USAGE, options: {} });
  const stopping = new AbortController();
  const config = parseApiConfig(process.env);
  const registry = await loadDatasets(config.DATASETS_MODULE, config.JWT_TENANT_CLAIM !== null, config.MASK_KEY);
  const address = temporalAddress(config.PAYLOAD_KEY);
  const logger = createLogger('export-api', config.LOG_LEVEL, logContext);

  const pools = openPools(config, logger);
  const tracing = await openTracing(config, 'export-api');
  const temporal = connectTemporal(address, tracing?.client);
  const objects = openObjectStore(config);
  const measured = new Registry();
  measureProcess(measured);
  measureReaders(measured, pools.estimates);
  const state = { jobs: new JobStore(pools.jobs), store: objects.store, temporal };
  const places = new Places(pools.jobs);
  const { metrics, scrape } = measureApi(measured, state);
  const readiness = new Readiness(createReadinessChecks(pools.readiness, objects.store, temporal.client), logger);
  try {
    const metricsPort = config.METRICS_PORT;
    if (metricsPort !== undefined) await serveMetrics(scrape, { host: config.METRICS_HOST, port: metricsPort });
    const deps: ApiDeps = {
      ...state,
      metrics,
      traceRequests: tracing === null ? undefined : (await import('./http/trace-requests.js')).traceRequests(tracing),
      scrape: metricsPort === undefined ? scrape : undefined,
      source: new Source(pools.estimates),
      previewSource: new Source(pools.previews, config.MASK_KEY),
      ...openCatalog(pools.catalog, registry, logger),
      permissions: new Permissions(new Source(pools.permissions), registry),
      schedules: new ScheduleStore(temporal, places),
      places,
      erasedIds: new ErasedIds(pools.jobs),
      savedExports: new SavedExportStore(pools.jobs),
      admissions: createAdmissionTurns(),
      audit: new AuditStore(pools.jobs, auditKeysOf(config)),
      mails: new MailStore(pools.jobs, config.LINK_SECRET),
      webhooks: new WebhookStore(pools.jobs),
      registry,
      requestSchema: createRequestSchema(registry, createAddressRule(config.WEBHOOK_ALLOWED_RANGES)),
      logger,
      stopping: stopping.signal,
      verifyToken: createTokenVerifier({ ...trustOf(config), onUnusableEmail: warnAboutEmail(logger) }),
      settings: settingsOf(config),
      readiness,
    };
    const server = await serveApp(createApp(deps), { host: config.HOST, port: config.PORT });
    logger.info({ port: server.port, datasets: [...registry.keys()] }, 'listening');
    // Missing parts may come up later, so the API starts anyway and logs what is missing.
    await Promise.race([stop, readiness.missing().then(() => stop)]);
    logger.info('draining');
    stopping.abort();
    await server.close(DRAIN_MS);
  } finally {
    await Promise.allSettled([pools.close(), temporal.close()]);
    objects.close();
    await tracing?.close();
  }
  logger.info('stopped');
}

/** Facts from the source database that the API caches. */
function openCatalog(
  pool: Pool,
  registry: DatasetRegistry,
  logger: Logger,
): Pick<ApiDeps, 'timeZones' | 'catalogDecimals'> {
  const source = new Source(pool);
  return { timeZones: new TimeZones(source, logger), catalogDecimals: new CatalogDecimals(source, registry, logger) };
}

const warnAboutEmail =
  (logger: Logger) =>
  (userId: string): void => {
    logger.warn({ user_id: userId }, 'the email address in a token is not valid: its user gets no email');
  };

await runMain(main, [ConfigError, DatasetError, ListenError, MetricsPortError, TemporalSettingsError]);
