import type { Client } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from '@prometheus-io/client';
import type { ActivityDeps } from '../../activities/deps.js';
import { createApp } from '../../api/app.js';
import type { Principal } from '../../api/deps.js';
import { measureApi } from '../../api/health/measure-api.js';
import { openPools } from '../../api/open-pools.js';
import { Permissions } from '../../api/access/permissions.js';
import { Readiness } from '../../api/health/readiness.js';
import { createAdmissionTurns } from '../../api/exports/request-export.js';
import { CatalogDecimals } from '../../api/exports/catalog-decimals.js';
import { TimeZones } from '../../api/exports/time-zones.js';
import { serveApp } from '../../api/server.js';
import { createTokenVerifier } from '../../api/access/verify-token.js';
import { PAGE_FOLDER } from '../../dev/build-page.js';
import { createNamespace } from '../../dev/stack/create-namespace.js';
import type { StackEnv } from '../../dev/stack/stack-env.js';
import { NORTHWIND } from '../../dev/sample-data/tenants.js';
import { RETENTION_SCHEDULE } from '../../shared/startup/check-payload-key.js';
import { parseWorkerConfig } from '../../shared/startup/config.js';
import type { Tuning } from '../../shared/temporal/inputs.js';
import { BUILT_IN_DATASETS, type Dataset } from '../../shared/datasets/index.js';
import { Source } from '../../shared/source/source.js';
import { ScheduleStore } from '../../shared/schedules/store.js';
import { createAddressRule } from '../../shared/network/address-rule.js';
import { createRequestSchema } from '../../shared/request/request-schema.js';
import { DEFAULT_TUNING } from '../../shared/temporal/tuning.js';
import { connectTemporal, encryptedBy } from '../../shared/temporal/client.js';
import { openDeps } from '../../worker/open-deps.js';
import { setUpTemporal } from '../../worker/set-up-temporal.js';
import type { Answer } from './answer.js';
import { asker, type Ask } from './ask.js';
import { contractOf, registryOf } from './contract.js';
import { addressForServices, createDatabase } from './database.js';
import { openWorkerLog } from './runtime.js';
import { stack } from './stack.js';
import { sampleTemplate } from './sample-template.js';
import { runTestWorker, type RunningWorker, type WorkerKind } from './test-worker.js';
import { createBucket, dropBucket } from './buckets.js';

/** All of production's delays, shortened to tenths of seconds: the same code, the same order of events. */
export const FAST: Tuning = {
  ...DEFAULT_TUNING,
  control: { maximumAttempts: 5, initialIntervalMs: 50, maximumIntervalMs: 300, startToCloseMs: 5000, heartbeatMs: 0 },
  plan: {
    maximumAttempts: 4,
    initialIntervalMs: 50,
    maximumIntervalMs: 300,
    startToCloseMs: 20_000,
    heartbeatMs: 2000,
  },
  segment: {
    maximumAttempts: 4,
    initialIntervalMs: 50,
    maximumIntervalMs: 300,
    startToCloseMs: 20_000,
    heartbeatMs: 2000,
  },
  finish: {
    maximumAttempts: 4,
    initialIntervalMs: 50,
    maximumIntervalMs: 300,
    startToCloseMs: 20_000,
    heartbeatMs: 2000,
  },
  mail: { maximumAttempts: 4, initialIntervalMs: 50, maximumIntervalMs: 300, startToCloseMs: 5000, heartbeatMs: 2000 },
  webhook: { retryDelaysMs: [50, 100, 200, 300], timeoutMs: 1000, startToCloseMs: 3000 },
  reapEveryMs: 500,
  idleMs: 500,
  claimEveryMs: 500,
};

export const JWT_SECRET = 'a secret of the tests, and of nobody else';
const LINK_SECRET = 'another secret of the tests';

export interface ServiceOptions {
  /** Number of sample orders in the source database; 70% belong to the first tenant. Default 2,000. */
  readonly orders?: number;
  /** Gives all orders to the first tenant. */
  readonly singleTenant?: boolean;
  readonly datasets?: readonly Dataset[];
  readonly tuning?: Partial<Tuning>;
  readonly limit?: number;
  readonly dataSlots?: number;
  readonly retryWindowMs?: number;
  /** How long a POST waits to be admitted. Long by default, because two runs may share two cores. */
  readonly admissionDeadlineMs?: number;
  /** How long a request waits for an erasure, in ms. */
  readonly erasureAnswerMs?: number;
  /** Serves the web page, with links that a browser can follow. */
  readonly page?: boolean;
  /** Default: the services that all tests share. */
  readonly stackEnv?: StackEnv;
  /** Added to the environment of worker processes; the API also uses `TENANT_WEIGHTS` and the tenants' limit. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The whole service with its own database, bucket and Temporal namespace, on the stack's services. */
export interface TestService {
  readonly url: string;
  readonly databaseUrl: string;
  readonly namespace: string;
  readonly bucket: string;
  /** The environment variables that processes of this service need. */
  readonly env: Readonly<Record<string, string>>;
  /** Stores and clients, as activities use them. */
  readonly deps: ActivityDeps;
  ask(method: string, path: string, options?: Ask): Promise<Answer>;
  /** Starts a worker in this process; it stops with the service. */
  startWorker(options?: WorkerKind): Promise<RunningWorker>;
  close(): Promise<void>;
}

/** A new user of the first sample tenant. */
export const someUser = (): Principal => ({ userId: randomUUID(), tenantId: NORTHWIND.id });

/** Otherwise the namespace's schedule would start sweeps until the end of the run, for which there is no worker. */
async function deleteSweeps(client: Client): Promise<void> {
  const deleting = client.withDeadline(Date.now() + 1000, () => client.schedule.getHandle(RETENTION_SCHEDULE).delete());
  // A test may have stopped Temporal, or deleted the schedule.
  await deleting.catch(() => undefined);
}

export async function startService(options: ServiceOptions = {}): Promise<TestService> {
  const { limit = 2 } = options;
  const tuning = { ...FAST, ...options.tuning };
  const name = `test-${randomUUID()}`;
  const { stackEnv = stack().env, orders = 2000, singleTenant = false } = options;
  const database = await createDatabase(await sampleTemplate(orders, singleTenant, stackEnv), stackEnv);
  const logger = openWorkerLog();
  const env = {
    ...stackEnv,
    DATABASE_URL: addressForServices(database.url),
    SOURCE_DATABASE_URL: addressForServices(database.readerUrl),
    EXPORT_BUCKET: name,
    TEMPORAL_NAMESPACE: name,
    JWT_SECRET,
    LINK_SECRET,
    RETRY_WINDOW: `${options.retryWindowMs ?? 86_400_000}ms`,
    WORKER_DATA_SLOTS: String(options.dataSlots ?? 4),
    ...options.env,
  };
  await Promise.all([createBucket(name, stackEnv), createNamespace(env.TEMPORAL_ADDRESS, name)]);
  const config = parseWorkerConfig(env);
  const registry = registryOf(options.datasets ?? BUILT_IN_DATASETS);
  const address = {
    connection: { address: env.TEMPORAL_ADDRESS },
    namespace: name,
    ...encryptedBy(config.PAYLOAD_KEY),
  };
  const own = await openDeps(config, registry, address, logger);
  const { deps } = own;
  await setUpTemporal(deps.temporal, name);

  const pools = openPools(config, logger);
  const temporal = connectTemporal(address);
  const stopping = new AbortController();
  const source = new Source(pools.estimates);
  const catalog = new Source(pools.catalog);
  const app = createApp({
    ...measureApi(new Registry(), { jobs: deps.jobs, store: deps.store, temporal }),
    jobs: deps.jobs,
    source,
    previewSource: new Source(pools.previews, config.MASK_KEY),
    timeZones: new TimeZones(catalog, logger),
    catalogDecimals: new CatalogDecimals(catalog, registry, logger),
    permissions: new Permissions(new Source(pools.permissions), registry),
    store: deps.store,
    schedules: new ScheduleStore(temporal, deps.places, 20_000),
    places: deps.places,
    erasedIds: deps.erasedIds,
    savedExports: deps.savedExports,
    admissions: createAdmissionTurns(),
    audit: deps.audit,
    mails: deps.mails,
    webhooks: deps.webhooks,
    temporal,
    registry,
    requestSchema: createRequestSchema(registry, createAddressRule(config.WEBHOOK_ALLOWED_RANGES)),
    logger: pino({ level: 'silent' }),
    verifyToken: createTokenVerifier({ secret: JWT_SECRET }),
    readiness: new Readiness({}, logger),
    stopping: stopping.signal,
    settings: {
      // The port is known only once the server listens.
      get publicUrl() {
        return options.page === true ? url : 'http://localhost';
      },
      ...(options.page === true ? { pageFolder: PAGE_FOLDER } : {}),
      linkSecret: LINK_SECRET,
      webhookKey: env.WEBHOOK_KEY,
      recipientRule: config.NOTIFY_EMAIL,
      limit,
      tenantLimit: config.MAX_ACTIVE_EXPORTS_PER_TENANT,
      weights: config.TENANT_WEIGHTS,
      maxSchedules: 4,
      minScheduleSeconds: 1,
      maxEventStreams: 20,
      tuning,
      admissionDeadlineMs: options.admissionDeadlineMs ?? 20_000,
      ...(options.erasureAnswerMs === undefined ? {} : { erasureAnswerMs: options.erasureAnswerMs }),
    },
  });
  const server = await serveApp(app, { host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${server.port}`;
  const workers = new Set<RunningWorker>();

  async function startWorker(kind?: WorkerKind): Promise<RunningWorker> {
    const worker = await runTestWorker({ env, config, registry, address, limit, tuning, logger }, kind);
    const running: RunningWorker = {
      stop: async () => {
        if (workers.delete(running)) await worker.stop();
      },
    };
    workers.add(running);
    return running;
  }

  return {
    url,
    databaseUrl: database.url,
    namespace: name,
    bucket: name,
    env,
    deps,
    ask: asker(url, JWT_SECRET, contractOf(registry)),
    startWorker,
    close: async () => {
      await Promise.all([...workers].map((worker) => worker.stop()));
      await deleteSweeps(deps.temporal.client);
      stopping.abort();
      await server.close(1000);
      await Promise.all([pools.close(), temporal.close()]);
      await own.close();
      await dropBucket(name, stackEnv, config);
      await database.drop();
    },
  };
}
