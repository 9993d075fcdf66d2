import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from '@prometheus-io/client';
import { createApp } from '../../api/app.js';
import { logContext } from '../../api/http/context.js';
import type { ApiDeps, ApiSettings, Principal } from '../../api/deps.js';
import { measureApi } from '../../api/health/measure-api.js';
import { Permissions } from '../../api/access/permissions.js';
import { Readiness, type ReadinessChecks } from '../../api/health/readiness.js';
import { CatalogDecimals } from '../../api/exports/catalog-decimals.js';
import { TimeZones } from '../../api/exports/time-zones.js';
import { serveApp } from '../../api/server.js';
import { createTokenVerifier } from '../../api/access/verify-token.js';
import type { StackEnv } from '../../dev/stack/stack-env.js';
import type { JobSeed } from '../../shared/contract.js';
import { BUILT_IN_DATASETS } from '../../shared/datasets/index.js';
import { AuditStore } from '../../shared/audit/store.js';
import { JobStore } from '../../shared/job/store.js';
import { openObjectStore } from '../../shared/startup/open-object-store.js';
import { SavedExportStore } from '../../shared/saved-exports/store.js';
import { createAdmissionTurns } from '../../api/exports/request-export.js';
import { ErasedIds } from '../../shared/job/erased-ids.js';
import { Places } from '../../shared/job/places.js';
import { createPool, type Pool } from '../../shared/postgres.js';
import { ScheduleStore } from '../../shared/schedules/store.js';
import { Source } from '../../shared/source/source.js';
import { hashRequest } from '../../shared/request/request.js';
import { createRequestSchema } from '../../shared/request/request-schema.js';
import { DEFAULT_TUNING } from '../../shared/temporal/tuning.js';
import { MailStore } from '../../shared/mails/store.js';
import { WebhookStore } from '../../shared/webhooks/store.js';
import { connectTemporal } from '../../shared/temporal/client.js';
import type { Answer } from '../support/answer.js';
import { asker, type Ask } from '../support/ask.js';
import { contractOf, registryOf } from '../support/contract.js';
import { createMigratedDatabase, queryRows } from '../support/database.js';
import { JWT_SECRET } from '../support/service.js';
import { NOBODY } from '../support/origin.js';
import { stack } from '../support/stack.js';

export const LINK_SECRET = 'another secret of the tests';

export interface TestApi {
  readonly url: string;
  readonly databaseUrl: string;
  readonly deps: ApiDeps;
  readonly pool: Pool;
  /** Every log line, parsed. */
  readonly logLines: Readonly<Record<string, unknown>>[];
  ask(method: string, path: string, options?: Ask): Promise<Answer>;
  close(): Promise<void>;
}

export type Overrides = Partial<Omit<ApiDeps, 'settings' | 'readiness'>> & {
  readonly settings?: Partial<ApiSettings>;
  /** The checks of `/readyz`. Default: none. */
  readonly checks?: ReadinessChecks;
};

/** A new user that no other test uses. */
export const someone = (): Principal => ({ userId: randomUUID(), tenantId: randomUUID() });

/** The API on a free port, with its own job database and the services of the stack. */
export async function startApi(overrides: Overrides = {}, env: StackEnv = stack().env): Promise<TestApi> {
  const database = await createMigratedDatabase();
  const pool = createPool(database.url, {
    max: 5,
    name: 'test-api',
    onIdleError: () => undefined,
    queryTimeoutMs: 1000,
  });
  const sourcePool = createPool(database.url, { max: 2, name: 'test-estimate', onIdleError: () => undefined });
  const temporal = connectTemporal({
    connection: { address: env.TEMPORAL_ADDRESS },
    namespace: env.TEMPORAL_NAMESPACE,
  });
  const objects = openObjectStore(env);
  const logLines: Record<string, unknown>[] = [];
  const write = (line: string): void => {
    logLines.push(JSON.parse(line) as Record<string, unknown>);
  };
  const { settings, checks = {}, ...others } = overrides;
  const logger = pino({ level: 'debug', mixin: logContext }, { write });
  const registry = others.registry ?? registryOf(BUILT_IN_DATASETS);
  const stopping = new AbortController();
  const sources = { jobs: new JobStore(pool), store: objects.store, temporal };
  const source = new Source(sourcePool);
  const places = new Places(pool);
  const deps: ApiDeps = {
    ...sources,
    ...measureApi(new Registry(), sources),
    source,
    previewSource: others.source ?? source,
    timeZones: new TimeZones(source, { warn: () => undefined }),
    catalogDecimals: new CatalogDecimals(others.source ?? source, registry, logger),
    permissions: new Permissions(others.source ?? source, registry),
    schedules: new ScheduleStore(temporal, places),
    places,
    erasedIds: new ErasedIds(pool),
    savedExports: new SavedExportStore(pool),
    admissions: createAdmissionTurns(),
    audit: new AuditStore(pool, ['a secret of the tests']),
    mails: new MailStore(pool, 'a secret of the tests'),
    webhooks: new WebhookStore(pool),
    registry,
    requestSchema: createRequestSchema(registry),
    verifyToken: createTokenVerifier({ secret: JWT_SECRET }),
    logger,
    readiness: new Readiness(checks, logger),
    stopping: stopping.signal,
    ...others,
    settings: {
      publicUrl: 'http://localhost',
      linkSecret: LINK_SECRET,
      webhookKey: env.WEBHOOK_KEY,
      recipientRule: 'token',
      limit: 2,
      maxSchedules: 20,
      minScheduleSeconds: 900,
      maxEventStreams: 20,
      tuning: DEFAULT_TUNING,
      ...settings,
    },
  };
  const server = await serveApp(createApp(deps), { host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    databaseUrl: database.url,
    deps,
    pool,
    logLines,
    ask: asker(url, JWT_SECRET, contractOf(deps.registry)),
    close: async () => {
      stopping.abort();
      await server.close(1000);
      await Promise.all([pool.end(), sourcePool.end(), temporal.close()]);
      objects.close();
      await database.drop();
    },
  };
}

/** APIs started by a test, closed together at its end. */
export class StartedApis {
  private readonly apis: TestApi[] = [];

  async start(overrides: Overrides = {}): Promise<TestApi> {
    const api = await startApi(overrides);
    this.apis.push(api);
    return api;
  }

  async close(): Promise<void> {
    for (const api of this.apis.splice(0)) await api.close();
  }
}

/** Marks a job's row as planned: from then on, its workflow is queried for progress. */
export const setPlanned = (databaseUrl: string, jobId: string): Promise<unknown> =>
  queryRows(databaseUrl, 'UPDATE export_jobs SET total_rows = 1000 WHERE job_id = $1', [jobId]);

/** A job as the API writes it, for tests that need only its row. */
export function seedFor({ userId, tenantId }: Principal, change: Partial<JobSeed> = {}): JobSeed {
  const exportRequest = { type: 'orders', format: 'CSV', columns: ['id'], filters: {}, options: {}, notify: {} };
  return {
    jobId: randomUUID(),
    userId,
    tenantId,
    request: exportRequest,
    scheduleId: null,
    savedExportId: null,
    idempotencyKey: null,
    requestHash: hashRequest(exportRequest),
    createdAt: new Date().toISOString(),
    origin: NOBODY,
    ...change,
  };
}
