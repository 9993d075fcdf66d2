import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { ReadinessCheck, ReadinessChecks } from '../../api/health/readiness.js';
import { checkBucket, checkJobStore, checkSearchAttributes, checkTemporal } from '../../shared/startup/checks.js';
import { migrate } from '../../shared/job/migrate.js';
import { openObjectStore } from '../../shared/startup/open-object-store.js';
import { createPool, type Pool } from '../../shared/postgres.js';
import type { TemporalClient } from '../../shared/temporal/client.js';
import { connectTemporal } from '../../shared/temporal/client.js';
import { until } from '../support/exports.js';
import { createDatabase, queryRows, withSettings, type TestDatabase } from '../support/database.js';
import { stack } from '../support/stack.js';
import { startApi, type TestApi } from './support.js';

/** Nothing listens on this port. */
const NOWHERE = '127.0.0.1:9';

describe('a readiness check', () => {
  let database: TestDatabase;
  const closers: (() => Promise<void> | void)[] = [];

  before(async () => {
    database = await createDatabase();
  });
  after(async () => {
    for (const close of closers.reverse()) await close();
    await database.drop();
  });

  async function sentences(check: ReadinessCheck): Promise<readonly string[]> {
    const startedAt = performance.now();
    const sentence = await check();
    assert.ok(performance.now() - startedAt < 3000);
    return sentence === null ? [] : [sentence];
  }

  function pool(url: string): Pool {
    const opened = createPool(url, { max: 1, name: 'test', onIdleError: () => undefined });
    closers.push(() => opened.end());
    return opened;
  }

  function temporal(address: string, namespace: string): TemporalClient {
    const opened = connectTemporal({ connection: { address }, namespace });
    closers.push(() => opened.close());
    return opened;
  }

  function bucket(change: { S3_ENDPOINT?: string; EXPORT_BUCKET?: string }) {
    const opened = openObjectStore({ ...stack().env, ...change });
    closers.push(() => {
      opened.close();
    });
    return opened.store;
  }

  const databaseHost = (): string => new URL(database.url).host;

  it('reports missing tables, then current ones, then outdated ones', async () => {
    const jobs = pool(database.url);
    const missing = "The service's tables are missing: run `npm run migrate`.";
    assert.deepEqual(await sentences(() => checkJobStore(jobs)), [missing]);
    await migrate(database.url);
    assert.deepEqual(await sentences(() => checkJobStore(jobs)), []);
    await queryRows(database.url, 'ALTER TABLE export_segments RENAME TO away');
    assert.deepEqual(await sentences(() => checkJobStore(jobs)), [missing]);
    await queryRows(database.url, 'ALTER TABLE away RENAME TO export_segments');
    const rows = await queryRows<{ name: string }>(database.url, 'DELETE FROM export_migrations RETURNING name');
    assert.deepEqual(await sentences(() => checkJobStore(jobs)), [
      "The service's tables are older than this version: run `npm run migrate`.",
    ]);
    for (const { name } of rows) {
      await queryRows(database.url, 'INSERT INTO export_migrations (name, run_on) VALUES ($1, now())', [name]);
    }
    assert.deepEqual(await sentences(() => checkJobStore(jobs)), []);
  });

  it('reports a read-only job database', async () => {
    await migrate(database.url);
    const url = withSettings(database.url, '-c default_transaction_read_only=on');
    assert.deepEqual(await sentences(() => checkJobStore(pool(url))), [
      `The job database at ${databaseHost()} is read-only. Point DATABASE_URL at a server that accepts writes, or make this one writable.`,
    ]);
  });

  it('reports an unreachable job database, without its password', async () => {
    const away = pool(`postgres://user:secret@${NOWHERE}/exports`);
    assert.deepEqual(await sentences(() => checkJobStore(away)), [
      `The job database at ${NOWHERE} does not answer (connect ECONNREFUSED ${NOWHERE}). Check that it is running and that DATABASE_URL is correct.`,
    ]);
    const name = `nothing_${randomUUID().slice(0, 8)}`;
    const url = new URL(database.url);
    url.pathname = `/${name}`;
    assert.deepEqual(await sentences(() => checkJobStore(pool(url.href))), [
      `The job database at ${databaseHost()} does not answer (database "${name}" does not exist). Check that it is running and that DATABASE_URL is correct.`,
    ]);
  });

  it('reports a missing bucket or an unreachable storage', async () => {
    assert.deepEqual(await sentences(() => checkBucket(bucket({}))), []);
    assert.deepEqual(await sentences(() => checkBucket(bucket({ EXPORT_BUCKET: 'no-such-bucket' }))), [
      'The bucket no-such-bucket does not exist. Check S3_ENDPOINT, EXPORT_BUCKET and the credentials.',
    ]);
    const [sentence = ''] = await sentences(() => checkBucket(bucket({ S3_ENDPOINT: `http://${NOWHERE}` })));
    assert.match(sentence, /^The bucket exports is not responding as expected: .*ECONNREFUSED.*\. Check S3_ENDPOINT/);
  });

  it('reports an unreachable Temporal server or a missing namespace', async () => {
    const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = stack().env;
    assert.deepEqual(await sentences(() => checkTemporal(temporal(address, namespace).client)), []);
    assert.deepEqual(await sentences(() => checkTemporal(temporal(address, 'nowhere').client)), [
      `Temporal at ${address} has no namespace nowhere: create it, or set TEMPORAL_NAMESPACE.`,
    ]);
    assert.deepEqual(await sentences(() => checkTemporal(temporal(NOWHERE, namespace).client)), [
      `Temporal at ${NOWHERE} does not answer (connect ECONNREFUSED ${NOWHERE}). Check that it is running and that TEMPORAL_ADDRESS is correct.`,
    ]);
  });

  it('reports search attributes that are not registered', async () => {
    const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = stack().env;
    const { connection } = temporal(address, namespace).client;
    assert.deepEqual(await sentences(() => checkSearchAttributes(connection, namespace)), []);
    const fresh = `test-${randomUUID()}`;
    const workflowExecutionRetentionPeriod = msToTs('1 day');
    await connection.workflowService.registerNamespace({ namespace: fresh, workflowExecutionRetentionPeriod });
    assert.deepEqual(await sentences(() => checkSearchAttributes(connection, fresh)), [
      'Search attributes ExportUserId, ExportTenantId, ExportRequestedBy, ExportType, ExportFormat, ExportState, ExportRows are not registered: run `npm run setup:temporal`.',
    ]);
  });
});

describe('/readyz', () => {
  const apis: TestApi[] = [];
  async function start(checks: ReadinessChecks): Promise<TestApi> {
    const api = await startApi({ checks });
    apis.push(api);
    return api;
  }
  afterEach(() => Promise.all(apis.splice(0).map((api) => api.close())));

  it('returns 200 when nothing is missing; /healthz only shows that the process is alive', async () => {
    const api = await start({ job_store: () => Promise.resolve(null) });
    const ready = await api.ask('GET', '/readyz');
    assert.deepEqual([ready.status, ready.json], [200, { status: 'ready' }]);
    const alive = await api.ask('GET', '/healthz');
    assert.deepEqual([alive.status, alive.json], [200, { status: 'ok' }]);
  });

  it('names only the missing parts; the log has the details, once', async () => {
    const temporal = 'Temporal at 10.0.0.7:7233 does not answer (connect ECONNREFUSED 10.0.0.7:7233).';
    let job: string | null = 'The job database at db.internal:5432 does not answer.';
    const api = await start({ temporal: () => Promise.resolve(temporal), job_store: () => Promise.resolve(job) });
    const warnings = () => api.logLines.filter(({ level }) => level === 40).map(({ msg }) => msg);
    const { status, json } = await api.ask('GET', '/readyz');
    assert.deepEqual([status, json], [503, { status: 'not ready', missing: ['job_store', 'temporal'] }]);
    assert.ok(warnings().includes(temporal) && warnings().includes(job));
    const before = warnings().length;
    job = null;
    await until('the job database to be back', async () => {
      const answer = await api.ask('GET', '/readyz');
      return !answer.text.includes('job_store');
    });
    assert.ok(api.logLines.some(({ msg, part }) => msg === 'ready again' && part === 'job_store'));
    // Requests that return 503 are logged as warnings, too.
    assert.equal(
      warnings()
        .slice(before)
        .filter((line) => line !== 'request').length,
      0,
    );
  });

  it('checks each part once a second, however many clients ask', async () => {
    let asked = 0;
    const api = await start({
      temporal: async () => {
        asked += 1;
        await sleep(100);
        return null;
      },
    });
    const startedAt = performance.now();
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 40 }, () => fetch(`${api.url}/readyz`).then((answer) => answer.text())));
    }
    const seconds = (performance.now() - startedAt) / 1000;
    assert.ok(asked >= 1 && asked <= 1 + seconds, `${asked} times in ${seconds} s`);
  });
});
