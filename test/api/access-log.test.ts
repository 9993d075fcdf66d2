import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { erasureWorkflowId } from '../../shared/temporal/names.js';
import { until } from '../support/exports.js';
import { seedFor, someone, StartedApis, type Overrides, type TestApi } from './support.js';

const PROXIED = { 'X-Forwarded-For': '198.51.100.7, 203.0.113.9' };
const LOCAL = '127.0.0.1';

describe('the access log', () => {
  const apis = new StartedApis();
  const start = (settings: NonNullable<Overrides['settings']> = {}): Promise<TestApi> => apis.start({ settings });
  afterEach(() => apis.close());

  /** A request's log line, without the fields that every line has. */
  async function lineOf(api: TestApi, { headers }: { headers: Headers }): Promise<Record<string, unknown>> {
    const id = headers.get('x-request-id');
    const isOf = ({ msg, request_id }: Readonly<Record<string, unknown>>) => msg === 'request' && request_id === id;
    const line = await until('the line', () => Promise.resolve(api.logLines.find(isOf)));
    const { ms, time, pid, hostname, request_id, msg, level, ...rest } = line;
    assert.deepEqual([level, msg, request_id], [30, 'request', id]);
    assert.ok([ms, time, pid].every(Number.isFinite) && typeof hostname === 'string');
    return rest;
  }

  it('names the caller, the address and the reason of a rejected request', async () => {
    const api = await start({ rateLimits: { user: 3 } });
    const [alice, reader] = [someone(), { ...someone(), scopes: ['exports:read'] }];
    const { jobId } = seedFor(alice);
    await api.deps.jobs.insert(seedFor(alice, { jobId }));
    const who = { user_id: reader.userId, tenant_id: reader.tenantId, ip: LOCAL };
    const about = { method: 'GET', route: '/v1/exports/:job_id', job_id: jobId };

    const foreign = await api.ask('GET', `/v1/exports/${jobId}`, { as: reader });
    assert.deepEqual(await lineOf(api, foreign), { ...about, ...who, status: 404, code: 'NOT_FOUND' });
    const unknown = await api.ask('GET', `/v1/exports/${jobId}?secret=of-a-query`, { as: reader });
    assert.deepEqual(await lineOf(api, unknown), { ...about, tenant_id: reader.tenantId, status: 400 });
    const forbidden = await api.ask('POST', '/v1/exports', { as: reader, body: {} });
    const posted = { method: 'POST', route: '/v1/exports' };
    assert.deepEqual(await lineOf(api, forbidden), { ...posted, ...who, status: 403, code: 'FORBIDDEN' });
    const limited = await api.ask('POST', '/v1/exports', { as: reader, body: {} });
    assert.deepEqual(await lineOf(api, limited), {
      method: 'POST',
      route: 'none',
      ...who,
      status: 429,
      code: 'RATE_LIMITED',
    });
    const stranger = await api.ask('GET', '/v1/exports?secret=of-a-query', { authorization: 'Bearer secret-token' });
    assert.deepEqual(await lineOf(api, stranger), {
      method: 'GET',
      route: 'none',
      ip: LOCAL,
      status: 401,
      code: 'UNAUTHENTICATED',
    });
    assert.doesNotMatch(JSON.stringify(api.logLines), /secret|eyJ/);
  });

  it('names the caller, the erased user and the address of an erasure, even if it is refused', async () => {
    const api = await start({ erasureAnswerMs: 100 });
    const admin = { ...someone(), scopes: ['exports:admin'] };
    const erased = randomUUID();
    const erase = (as: typeof admin) => api.ask('DELETE', `/v1/users/${erased.toUpperCase()}/exports`, { as });
    const route = { method: 'DELETE', route: '/v1/users/:user_id/exports', target_user_id: erased, ip: LOCAL };

    const begun = await erase(admin);
    const { client } = api.deps.temporal;
    await client.workflow.getHandle(erasureWorkflowId({ ...admin, userId: erased })).terminate('the test is over');
    const who = { user_id: admin.userId, tenant_id: admin.tenantId };
    assert.deepEqual(await lineOf(api, begun), { ...route, ...who, status: 202 });

    const reader = { ...admin, scopes: ['exports:read'] };
    assert.deepEqual(await lineOf(api, await erase(reader)), { ...route, ...who, status: 403, code: 'FORBIDDEN' });
  });

  it('trusts X-Forwarded-For only from trusted proxies', async () => {
    const cases = [
      [undefined, LOCAL],
      [1, '203.0.113.9'],
      [2, '198.51.100.7'],
      [['loopback'], '203.0.113.9'],
      [['loopback', '203.0.113.0/24'], '198.51.100.7'],
      [true, '198.51.100.7'],
    ] as const;
    for (const [trusted, ip] of cases) {
      const trustProxy = typeof trusted === 'object' ? [...trusted] : trusted;
      const api = await start(trustProxy === undefined ? {} : { trustProxy });
      const line = await lineOf(api, await api.ask('GET', '/v1/exports', { headers: PROXIED }));
      assert.equal(line.ip, ip, String(trusted));
    }
  });

  it('omits the address if a trusted proxy sent something invalid', async () => {
    const api = await start({ trustProxy: 1 });
    const line = await lineOf(api, await api.ask('GET', '/v1/exports', { headers: { 'X-Forwarded-For': 'a secret' } }));
    assert.equal('ip' in line, false);
  });
});
