import assert from 'node:assert/strict';
import { z } from 'zod';
import { JobStore } from '../../shared/job/store.js';
import { openObjectStore } from '../../shared/startup/open-object-store.js';
import { createPool } from '../../shared/postgres.js';
import { queryRows } from '../support/database.js';
import { until } from '../support/exports.js';
import { stack } from '../support/stack.js';
import { assertProblem } from './problems.js';
import { seedFor, setPlanned, someone, StartedApis, type Overrides, type TestApi } from './support.js';

const NOWHERE = '127.0.0.1:9';
const line = z.looseObject({ msg: z.string(), request_id: z.string().optional() });

describe('every response', () => {
  const apis = new StartedApis();
  const start = (overrides?: Overrides): Promise<TestApi> => apis.start(overrides);
  afterEach(() => apis.close());

  it('has an id: the one from the request if it is safe to repeat', async () => {
    const api = await start();
    const given = async (id: string): Promise<string> =>
      (await api.ask('GET', '/healthz', { headers: { 'X-Request-Id': id } })).headers.get('x-request-id') ?? '';
    assert.equal(await given('trace-7:a.b_c'), 'trace-7:a.b_c');
    for (const id of ['a b', '<script>', 'x'.repeat(129)]) assert.ok(z.uuid().safeParse(await given(id)).success);
  });

  it("has security headers, and doesn't reveal the server software", async () => {
    const api = await start();
    const expected = {
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-powered-by': null,
      etag: null,
    };
    const asks = [api.ask('GET', '/healthz'), api.ask('GET', '/v1/exports'), api.ask('GET', '/nowhere')];
    for (const { headers } of await Promise.all(asks)) {
      const seen = Object.keys(expected).map((name) => [name, headers.get(name)]);
      assert.deepEqual(Object.fromEntries(seen), expected);
      assert.equal(headers.get('cache-control'), 'no-store');
    }
    for (const path of ['/docs', '/docs/start.js']) {
      const { headers } = await api.ask('GET', path);
      assert.equal(headers.get('strict-transport-security'), 'max-age=31536000');
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
    }
  });

  it('to /metrics is a 404 when metrics have their own port', async () => {
    const api = await start({ scrape: undefined });
    assertProblem(await api.ask('GET', '/metrics'), 'NOT_FOUND');
  });

  it('is logged with its route pattern, job and tenant', async () => {
    const api = await start();
    const alice = someone();
    const seed = seedFor(alice);
    await api.deps.jobs.insert(seed);
    const { headers } = await api.ask('GET', `/v1/exports/${seed.jobId}/download`, { as: alice });
    const requestId = headers.get('x-request-id');
    const written = await until('the line', () => Promise.resolve(api.logLines.find((one) => one.msg === 'request')));
    const { ms, time, pid, hostname, ...rest } = z
      .looseObject({ ms: z.number(), time: z.number(), pid: z.number(), hostname: z.string() })
      .parse(written);
    assert.ok(ms >= 0 && time > 0 && pid > 0 && hostname !== '');
    assert.deepEqual(rest, {
      level: 30,
      msg: 'request',
      request_id: requestId,
      method: 'GET',
      route: '/v1/exports/:job_id/download',
      status: 409,
      job_id: seed.jobId,
      tenant_id: alice.tenantId,
    });
  });

  it('has its id on every log line written for it', async () => {
    const api = await start();
    const alice = someone();
    const seed = seedFor(alice);
    await api.deps.jobs.insert(seed);
    await api.deps.jobs.markProcessing(seed.jobId);
    await setPlanned(api.databaseUrl, seed.jobId);
    // No workflow exists, which is logged before the response is sent.
    await api.ask('GET', `/v1/exports/${seed.jobId}`, { as: alice, headers: { 'X-Request-Id': 'mine' } });
    const lines = await until('both lines', () => Promise.resolve(api.logLines.length >= 2 && api.logLines));
    assert.deepEqual(
      lines.map(({ msg, request_id }) => [msg, request_id]),
      [
        ['live progress is not available', 'mine'],
        ['request', 'mine'],
      ],
    );
  });

  it('to OPTIONS lists the allowed methods', async () => {
    const { status, headers } = await (await start()).ask('OPTIONS', '/healthz');
    assert.deepEqual({ status, allow: headers.get('allow') }, { status: 204, allow: 'GET, HEAD, OPTIONS' });
  });

  describe('to a request that fails', () => {
    it('is a 500 without internals; the log has them, under its id', async () => {
      const api = await start();
      api.deps.jobs.list = () => Promise.reject(new TypeError('the secret name of a table'));
      const answer = await api.ask('GET', '/v1/exports', { as: someone() });
      const { request_id } = assertProblem(answer, 'INTERNAL');
      assert.ok(!answer.text.includes('secret'));
      const failed = api.logLines.map((one) => line.parse(one)).find(({ msg }) => msg === 'request failed');
      assert.equal(failed?.request_id, request_id);
      assert.ok(JSON.stringify(failed).includes('the secret name of a table'));
    });

    it('is a 503 without addresses while the job database is down', async () => {
      const onIdleError = (): void => undefined;
      const pool = createPool(`postgres://user:secret@${NOWHERE}/exports`, { max: 1, name: 'test', onIdleError });
      const api = await start({ jobs: new JobStore(pool) });
      const alice = someone();
      const asks = [
        api.ask('GET', '/v1/exports', { as: alice }),
        api.ask('POST', '/v1/exports', { as: alice, body: { type: 'orders', format: 'csv' } }),
        api.ask('DELETE', `/v1/exports/${seedFor(alice).jobId}`, { as: alice }),
      ];
      for (const answer of await Promise.all(asks)) {
        const { detail } = assertProblem(answer, 'JOB_STORE_UNAVAILABLE');
        assert.equal(detail, "The service's own database is unavailable. Please try again in a few seconds.");
        assert.equal(answer.headers.get('retry-after'), '5');
        assert.ok(!answer.text.includes(NOWHERE));
      }
      assert.ok(JSON.stringify(api.logLines).includes(`connect ECONNREFUSED ${NOWHERE}`));
      await pool.end();
    });

    it('is a 503 when the job database takes too long', async () => {
      const api = await start();
      const locked = queryRows(api.databaseUrl, 'BEGIN; LOCK TABLE export_jobs; SELECT pg_sleep(2); COMMIT');
      await until('the lock', async () => {
        const locks = await queryRows(
          api.databaseUrl,
          `SELECT 1 FROM pg_locks WHERE relation = 'export_jobs'::regclass`,
        );
        return locks.length > 0;
      });
      assertProblem(await api.ask('GET', '/v1/exports', { as: someone() }), 'JOB_STORE_UNAVAILABLE');
      await locked;
    });

    it('is a 503 while the storage is down; the file is not marked as deleted', async () => {
      const objects = openObjectStore({ ...stack().env, S3_ENDPOINT: `http://${NOWHERE}` });
      const api = await start({ store: objects.store });
      const alice = someone();
      const seed = seedFor(alice);
      await api.deps.jobs.insert(seed);
      await api.deps.jobs.fail(seed.jobId, { code: 'INTERNAL', message: 'It broke.' });
      const answer = await api.ask('DELETE', `/v1/exports/${seed.jobId}`, { as: alice });
      assertProblem(answer, 'STORAGE_UNAVAILABLE');
      assert.ok(!answer.text.includes(NOWHERE));
      assert.equal((await api.deps.jobs.find(seed.jobId))?.file_deleted_at, null);
      objects.close();
    });
  });
});
