import assert from 'node:assert/strict';
import { SignJWT } from 'jose';
import type { Principal } from '../../api/deps.js';
import { parseApiConfig } from '../../shared/startup/config.js';
import { JWT_SECRET } from '../support/service.js';
import { stack } from '../support/stack.js';
import { assertProblem } from './problems.js';
import { seedFor, someone, StartedApis, type Overrides, type TestApi } from './support.js';

describe('access and rate limits:', () => {
  const apis = new StartedApis();
  const start = (settings: NonNullable<Overrides['settings']> = {}): Promise<TestApi> => apis.start({ settings });
  afterEach(() => apis.close());

  describe('a token', () => {
    const REQUESTS = [
      ['GET', '/v1/exports', 'exports:read', 200],
      ['GET', '/v1/datasets', 'exports:read', 200],
      ['GET', '/v1/exports/{job_id}', 'exports:read', 200],
      ['GET', '/v1/exports/{job_id}/download', 'exports:read', 409],
      ['POST', '/v1/exports', 'exports:write', 400],
      ['POST', '/v1/exports/{job_id}/cancel', 'exports:write', 202],
      ['DELETE', '/v1/exports/{job_id}', 'exports:write', 409],
    ] as const;

    it('with scopes allows only what they name; one without allows everything', async () => {
      const api = await start();
      const alice = someone();
      const { jobId } = seedFor(alice);
      await api.deps.jobs.insert(seedFor(alice, { jobId }));
      for (const [method, path, scope, status] of REQUESTS) {
        const ask = (as: Principal) =>
          api.ask(method, path.replace('{job_id}', jobId), { as, ...(method === 'POST' ? { body: {} } : {}) });
        for (const scopes of [[scope], ['profile', scope], undefined]) {
          const as = scopes === undefined ? alice : { ...alice, scopes };
          assert.equal((await ask(as)).status, status, `${method} ${path} with ${scopes?.join(' ')}`);
        }
        const other = scope === 'exports:read' ? 'exports:write' : 'exports:read';
        for (const scopes of [[], ['profile'], [other]]) {
          const answer = await ask({ ...alice, scopes });
          assert.equal(assertProblem(answer, 'FORBIDDEN').needed_scope, scope);
          assert.equal(answer.headers.get('www-authenticate'), `Bearer error="insufficient_scope", scope="${scope}"`);
        }
      }
    });

    it('can list its scopes in an array; a scope of any other type allows nothing', async () => {
      const api = await start();
      const { userId, tenantId } = someone();
      const withScope = async (scope: unknown): Promise<number> => {
        const token = await new SignJWT({ sub: userId, tenant_id: tenantId, scope })
          .setProtectedHeader({ alg: 'HS256' })
          .setExpirationTime('1m')
          .sign(new TextEncoder().encode(JWT_SECRET));
        return (await api.ask('GET', '/v1/datasets', { authorization: `Bearer ${token}` })).status;
      };
      assert.deepEqual([await withScope(['exports:read']), await withScope(7), await withScope(null)], [200, 403, 403]);
    });
  });

  describe('requests', () => {
    it('of a user are limited per minute: headers show what is left, and a 429 says when to retry', async () => {
      const api = await start({ rateLimits: { user: 3, tenant: 100 } });
      const alice = someone();
      const ask = (as: Principal) => api.ask('GET', '/v1/datasets', { as });
      for (const left of [2, 1, 0]) {
        const { status, headers } = await ask(alice);
        assert.equal(status, 200);
        assert.match(headers.get('ratelimit') ?? '', new RegExp(`^"user";.*r=${left}; t=\\d+, "tenant";`));
        assert.match(headers.get('ratelimit-policy') ?? '', /^"user"; q=3; w=60; pk=:.+:, "tenant"; q=100; w=60; pk=/);
      }
      const refused = await ask(alice);
      assertProblem(refused, 'RATE_LIMITED');
      const seconds = Number(refused.headers.get('retry-after'));
      assert.ok(seconds > 50 && seconds <= 60, `${seconds} s`);
      // A colleague has a separate limit.
      assert.equal((await ask({ ...alice, userId: someone().userId })).status, 200);
    });

    it('of a tenant are limited together, across its users', async () => {
      const api = await start({ rateLimits: { tenant: 2 } });
      const { tenantId } = someone();
      const ask = () => api.ask('GET', '/v1/datasets', { as: { ...someone(), tenantId } });
      assert.deepEqual([(await ask()).status, (await ask()).status], [200, 200]);
      assertProblem(await ask(), 'RATE_LIMITED');
      assert.equal((await api.ask('GET', '/v1/datasets', { as: someone() })).status, 200);
    });

    it('without a token, and health checks, are not counted', async () => {
      const api = await start({ rateLimits: { user: 1, tenant: 1 } });
      for (let n = 0; n < 3; n++) {
        const { status, headers } = await api.ask('GET', '/healthz');
        assert.deepEqual([status, headers.get('ratelimit')], [200, null]);
        assertProblem(await api.ask('GET', '/v1/datasets'), 'UNAUTHENTICATED');
      }
    });
  });

  it('active exports of a tenant are limited across its users; one that ends frees a place', async () => {
    const api = await start({ tenantLimit: 2, admissionDeadlineMs: 1200 });
    const [alice, stranger] = [someone(), someone()];
    const colleague = { ...someone(), tenantId: alice.tenantId };
    const [hers, his] = [seedFor(alice), seedFor(colleague)];
    for (const seed of [hers, his, seedFor(stranger), seedFor(stranger)]) await api.deps.jobs.insert(seed);
    const post = () =>
      api.ask('POST', '/v1/exports', { as: colleague, body: { type: 'orders', format: 'csv', columns: ['id'] } });

    const refused = await post();
    assert.equal(assertProblem(refused, 'TENANT_TOO_BUSY').max_active_exports, 2);
    assert.equal(refused.headers.get('retry-after'), '5');

    await api.deps.jobs.fail(hers.jobId, { code: 'INTERNAL', message: 'It broke.' });
    // No worker runs, so 503 means that the request passed the limit.
    assertProblem(await post(), 'TEMPORARILY_UNAVAILABLE');
  });

  describe('a page of another origin', () => {
    const ORIGIN = 'https://app.example.com';
    const preflight = (api: TestApi, origin: string) =>
      api.ask('OPTIONS', '/v1/exports', { headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' } });

    it('can send requests if its origin is configured, and read the documented headers', async () => {
      const api = await start({ corsOrigins: [ORIGIN] });
      const { status, headers } = await preflight(api, ORIGIN);
      assert.equal(status, 204);
      assert.equal(headers.get('access-control-allow-origin'), ORIGIN);
      assert.match(headers.get('access-control-allow-headers') ?? '', /Authorization.*Idempotency-Key/);
      const answer = await api.ask('GET', '/v1/datasets', { as: someone(), headers: { Origin: ORIGIN } });
      assert.equal(answer.headers.get('access-control-allow-origin'), ORIGIN);
      assert.match(answer.headers.get('access-control-expose-headers') ?? '', /Location.*Retry-After/);
      const other = await preflight(api, 'https://evil.example');
      assert.equal(other.headers.get('access-control-allow-origin'), null);
      assert.equal((await api.ask('OPTIONS', '/healthz')).headers.get('allow'), 'GET, HEAD, OPTIONS');
    });

    it('cannot if no origin is configured', async () => {
      const api = await start();
      const answer = await api.ask('GET', '/v1/datasets', { as: someone(), headers: { Origin: ORIGIN } });
      assert.equal(answer.headers.get('access-control-allow-origin'), null);
      assertProblem(await preflight(api, ORIGIN), 'UNAUTHENTICATED');
    });
  });

  it('the environment configures origins and rate limits', () => {
    const { CORS_ORIGINS, RATE_LIMIT_USER, RATE_LIMIT_TENANT } = parseApiConfig({ ...stack().env });
    assert.deepEqual([CORS_ORIGINS, RATE_LIMIT_USER, RATE_LIMIT_TENANT], [[], 1200, 30_000]);
    const change = { CORS_ORIGINS: 'https://a.example, http://localhost:5173', RATE_LIMIT_USER: '0' };
    const set = parseApiConfig({ ...stack().env, ...change });
    assert.deepEqual(
      [set.CORS_ORIGINS, set.RATE_LIMIT_USER],
      [['https://a.example', 'http://localhost:5173'], undefined],
    );
    assert.throws(
      () => parseApiConfig({ ...stack().env, CORS_ORIGINS: 'https://a.example/app' }),
      /^ConfigError: CORS_ORIGINS must be origins/,
    );
  });
});
