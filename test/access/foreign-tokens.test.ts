import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ROUTES } from '../../api/routes/index.js';
import type { Principal } from '../../api/deps.js';
import { tenantUuid, userUuid } from '../../shared/identity/uuids.js';
import { assertProblem } from '../api/problems.js';
import { seedFor, someone, startApi, type TestApi } from '../api/support.js';

const PATTERNS = ROUTES.map(({ method, path }) => [method.toUpperCase(), path] as const);
const OF_A_JOB = PATTERNS.filter(([, path]) => path.includes(':job_id'));
const WITH_TOKEN = PATTERNS.filter(([, path]) => path.startsWith('/v1/'));

describe('foreign and missing tokens', () => {
  let api: TestApi;
  const alice = { userId: 'auth0|5f7c8ec7', tenantId: 'acme' };
  const strangers: Readonly<Record<string, Principal>> = {
    'another user of the tenant': { ...alice, userId: randomUUID() },
    'the same user id of another tenant': { ...alice, tenantId: randomUUID() },
    'another user of another tenant': someone(),
    "a user whose id is the user's UUID": { ...alice, userId: userUuid(alice) },
    "a tenant whose id is the tenant's UUID": { ...alice, tenantId: tenantUuid(alice.tenantId) },
    'both UUIDs as ids': { userId: userUuid(alice), tenantId: tenantUuid(alice.tenantId) },
    'the id with letters in the other case': { ...alice, userId: 'AUTH0|5f7c8ec7' },
    'the id with a space': { ...alice, userId: 'auth0|5f7c8ec7 ' },
  };

  let jobId: string;
  before(async () => {
    api = await startApi();
    const seed = seedFor(alice, { request: { ...seedFor(alice).request, notify: { email: 'alice@example.com' } } });
    ({ jobId } = seed);
    const { jobs } = api.deps;
    await jobs.insert(seed);
    await jobs.markProcessing(jobId);
    const file = { rowCount: 1, fileKey: 'k', fileSize: 5, checksum: 'crc32:0a1b2c3d', warnings: [] };
    await jobs.complete(jobId, file, 3600);
  });
  after(() => api.close());

  it('are tested on every route with data', () => {
    assert.ok(OF_A_JOB.length >= 7 && WITH_TOKEN.length > OF_A_JOB.length);
  });

  for (const [method, pattern] of OF_A_JOB) {
    it(`find nothing with ${method} ${pattern}`, async () => {
      const path = pattern.replace(':job_id', jobId);
      for (const [who, as] of Object.entries(strangers)) {
        const answer = await api.ask(method, path, { as });
        assertProblem(answer, 'NOT_FOUND');
        assert.ok(!answer.text.includes('alice@example.com'), who);
      }
    });
  }

  it('list nothing', async () => {
    for (const as of Object.values(strangers)) {
      const { json, text } = await api.ask('GET', '/v1/exports', { as });
      assert.deepEqual(z.looseObject({ exports: z.array(z.unknown()) }).parse(json).exports, []);
      assert.ok(!text.includes(jobId));
    }
    const { text } = await api.ask('GET', '/v1/exports', { as: alice });
    assert.ok(text.includes(jobId));
  });

  for (const [method, pattern] of WITH_TOKEN) {
    it(`get a 401 for ${method} ${pattern} if the token is missing`, async () => {
      assertProblem(await api.ask(method, pattern.replace(':job_id', jobId)), 'UNAUTHENTICATED');
    });
  }
});
