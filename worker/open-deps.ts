import { Registry } from '@prometheus-io/client';
import type { ActivityDeps } from '../activities/deps.js';
import { auditKeysOf, tuningOf, type WorkerConfig } from '../shared/startup/config.js';
import type { DatasetRegistry } from '../shared/datasets/index.js';
import { BufferPool } from '../shared/store/buffer-pool.js';
import { copyStream } from '../shared/source/copy-socket.js';
import { AuditStore } from '../shared/audit/store.js';
import { JobStore } from '../shared/job/store.js';
import type { Logger } from '../shared/process/logger.js';
import { MailStore } from '../shared/mails/store.js';
import { createMailer } from '../shared/mails/create-mailer.js';
import { measureReaders } from '../shared/process/metrics.js';
import { openObjectStore } from '../shared/startup/open-object-store.js';
import { openPdfResources } from '../shared/startup/open-pdf-resources.js';
import { PlanStore } from '../shared/job/plan-store.js';
import { SavedExportStore } from '../shared/saved-exports/store.js';
import { ErasedIds } from '../shared/job/erased-ids.js';
import { Places } from '../shared/job/places.js';
import { createPool, type Pool } from '../shared/postgres.js';
import { serviceVersion } from '../shared/process/service-version.js';
import { Source } from '../shared/source/source.js';
import type { Tracing } from '../shared/process/tracing.js';
import { createWebhookSender } from '../shared/webhooks/sender.js';
import { WebhookStore } from '../shared/webhooks/store.js';
import { WorkerMetrics } from '../shared/process/worker-metrics.js';
import { createAddressRule } from '../shared/network/address-rule.js';
import { connectTemporal, type TemporalAddress } from '../shared/temporal/client.js';

export interface OpenedDeps {
  readonly deps: ActivityDeps;
  readonly jobsPool: Pool;
  /** The registry of `deps.metrics`. */
  readonly registry: Registry;
  close(): Promise<void>;
}

/**
 * Opens the activities' dependencies; the worker's `main.ts` (or a test) closes them.
 * @throws ConfigError for unusable fonts or logos
 */
export async function openDeps(
  config: WorkerConfig,
  registry: DatasetRegistry,
  address: TemporalAddress,
  logger: Logger,
  tracing: Tracing | null = null,
): Promise<OpenedDeps> {
  const formatResources = { pdf: await openPdfResources(config) };
  const onIdleError = (error: Error): void => {
    logger.warn({ err: error }, 'an idle database connection broke');
  };
  const jobsPool = createPool(config.DATABASE_URL, { max: 10, name: 'export-worker', onIdleError });
  const sourcePool = createPool(config.SOURCE_DATABASE_URL ?? config.DATABASE_URL, {
    max: config.WORKER_DATA_SLOTS,
    name: 'export-reader',
    onIdleError,
    stream: copyStream,
  });
  const webhookRule = createAddressRule(config.WEBHOOK_ALLOWED_RANGES);
  const metrics = new Registry();
  measureReaders(metrics, sourcePool);
  const temporal = connectTemporal(address, tracing?.client);
  const objects = openObjectStore(config);
  return {
    jobsPool,
    registry: metrics,
    deps: {
      ...openStores(jobsPool, config),
      source: new Source(sourcePool, config.MASK_KEY, config.SOURCE_STATEMENT_TIMEOUT),
      store: objects.store,
      temporal,
      registry,
      metrics: new WorkerMetrics(metrics),
      buffers: new BufferPool(),
      formatResources,
      serviceVersion: serviceVersion(),
      mailer: createMailer(config),
      sendWebhook: createWebhookSender(webhookRule),
      webhookRule,
      recipientRule: config.NOTIFY_EMAIL,
      limit: config.MAX_ACTIVE_EXPORTS,
      tenantLimit: config.MAX_ACTIVE_EXPORTS_PER_TENANT,
      tuning: tuningOf(config),
      weights: config.TENANT_WEIGHTS,
      webhookKey: config.WEBHOOK_KEY,
      publicUrl: config.PUBLIC_URL,
      linkSecret: config.LINK_SECRET,
      retryWindowMs: config.RETRY_WINDOW,
      jobTtlMs: config.JOB_TTL,
      auditTtlMs: config.AUDIT_TTL,
    },
    close: async () => {
      await Promise.allSettled([jobsPool.end(), sourcePool.end(), temporal.close()]);
      objects.close();
    },
  };
}

const openStores = (pool: Pool, config: WorkerConfig) => ({
  jobs: new JobStore(pool),
  plans: new PlanStore(pool),
  places: new Places(pool),
  erasedIds: new ErasedIds(pool),
  savedExports: new SavedExportStore(pool),
  audit: new AuditStore(pool, auditKeysOf(config)),
  mails: new MailStore(pool, config.LINK_SECRET),
  webhooks: new WebhookStore(pool),
});
