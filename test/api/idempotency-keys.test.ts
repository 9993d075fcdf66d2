import assert from 'node:assert/strict';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { Principal } from '../../api/deps.js';
import { idFor } from '../../api/http/input.js';
import type { Answer } from '../support/answer.js';
import { eraseExports } from '../support/erase-exports.js';
import { postExport, untilEnded } from '../support/exports.js';
import { startService, type TestService } from '../support/service.js';
import { assertProblem } from './problems.js';

const REQUEST = { type: 'orders', format: 'csv', columns: ['id'] };
/** As in requestExport: anybody can know how ids are made. */
const NAMESPACE = '5f0c3a52-0c2b-4c58-9a57-9d1f6a3c7e10';
const ADMIN = ['exports:read', 'exports:write', 'exports:admin'];

describe('an Idempotency-Key', () => {
  let service: TestService;
  const tenantId = `tenant-${randomUUID()}`;
  const someone = (userId = `user-${randomUUID()}`, at = tenantId): Principal => ({ userId, tenantId: at });

  before(async () => {
    service = await startService({ orders: 100 });
    await service.startWorker();
  });
  after(() => service.close());

  const post = (as: Principal, key: string, body: object = REQUEST): Promise<Answer> =>
    service.ask('POST', '/v1/exports', { as, body, headers: { 'Idempotency-Key': key } });
  async function create(as: Principal, key: string): Promise<string> {
    const answer = await post(as, key);
    assert.equal(answer.status, 202, answer.text);
    return (answer.json as { job_id: string }).job_id;
  }

  it('of one user does not affect, or reveal anything to, others who send the same key', async () => {
    const name = `Zoe-${randomUUID()}`;
    const victim = someone(`${name}-é`);
    const key = 'nightly';
    const jobId = await create(victim, key);
    await untilEnded(service, victim, jobId);
    const others = [
      someone(),
      someone(victim.userId, `tenant-${randomUUID()}`),
      someone(victim.userId.toLowerCase()),
      someone(victim.userId.normalize('NFD')),
      someone(`${victim.userId} `),
      someone(tenantId, victim.userId),
    ];
    const ids = new Set([jobId]);
    for (const other of others) {
      // Another request: a shared key would be a 422.
      const answer = await post(other, key, { ...REQUEST, columns: ['id', 'total'] });
      assert.equal(answer.status, 202, answer.text);
      const { job_id: own, user_id: owner } = answer.json as { job_id: string; user_id: string };
      assert.deepEqual([owner, ids.has(own)], [other.userId, false]);
      ids.add(own);
      await untilEnded(service, other, own);
      assertProblem(await service.ask('GET', `/v1/exports/${jobId}`, { as: other }), 'NOT_FOUND');
    }
    for (const spelling of ['Nightly', 'nightly.', 'NIGHTLY']) {
      const own = await create(victim, spelling);
      assert.ok(!ids.has(own));
      ids.add(own);
      await untilEnded(service, victim, own);
    }
    assert.equal(await create(victim, ` ${key} `), jobId, 'HTTP ignores spaces around a header');
  });

  it('lets others compute the id of an export, which is then the same 404 as an unknown one', async () => {
    const [victim, attacker] = [someone(), { ...someone(), scopes: ADMIN }];
    const guessed = idFor(victim, 'guess-me', NAMESPACE);
    const paths = (id: string) =>
      [
        ['GET', `/v1/exports/${id}`],
        ['GET', `/v1/exports/${id}/download`],
        ['GET', `/v1/exports/${id}/events`],
        ['GET', `/v1/exports/${id}/deliveries`],
        ['POST', `/v1/exports/${id}/cancel`],
        ['POST', `/v1/exports/${id}/deliveries`],
        ['DELETE', `/v1/exports/${id}`],
      ] as const;
    /** Problems without what differs between any two requests. */
    const seen = async (id: string): Promise<unknown[]> => {
      const problems: unknown[] = [];
      for (const [method, path] of paths(id)) {
        const { request_id: _, ...problem } = assertProblem(
          await service.ask(method, path, { as: attacker }),
          'NOT_FOUND',
        );
        problems.push(JSON.parse(JSON.stringify(problem).replaceAll(id, 'ID')));
      }
      return problems;
    };
    const before = await seen(guessed);
    assert.equal(await create(victim, 'guess-me'), guessed);
    await untilEnded(service, victim, guessed);
    assert.deepEqual(await seen(guessed), before);
    // An id as a key is only a text.
    for (const key of [guessed, `${victim.userId}:guess-me`, 'guess-me']) {
      const own = await create(attacker, key);
      assert.notEqual(own, guessed);
      await untilEnded(service, attacker, own);
    }
    assert.equal((await service.deps.jobs.get(guessed)).status, 'COMPLETED');
  });

  it('gives exports, schedules and saved exports different ids', async () => {
    const user = someone();
    const headers = { 'Idempotency-Key': 'same' };
    const schedule = { name: 'x', cron: '@yearly', request: REQUEST };
    const made = await service.ask('POST', '/v1/schedules', { as: user, body: schedule, headers });
    const saved = await service.ask('POST', '/v1/saved-exports', {
      as: user,
      body: { name: 'x', request: REQUEST },
      headers,
    });
    const { schedule_id: scheduleId } = made.json as { schedule_id: string };
    const { saved_export_id: savedId } = saved.json as { saved_export_id: string };
    const jobId = await create(user, 'same');
    assert.equal(new Set([jobId, scheduleId, savedId]).size, 3);
    await untilEnded(service, user, jobId);
    await service.ask('DELETE', `/v1/schedules/${scheduleId}`, { as: user });
  });

  it('of an erased administrator does not show the export to a later user with the same id', async () => {
    const [user, admin] = [someone(), { ...someone(), scopes: ADMIN }];
    const body = { ...REQUEST, on_behalf_of: user.userId };
    const { job_id: jobId } = (await post(admin, 'archive', body)).json as { job_id: string };
    await untilEnded(service, user, jobId);
    await eraseExports(service, admin, { ...someone(), scopes: ADMIN });
    assertProblem(await post(admin, 'archive', body), 'IDEMPOTENCY_KEY_REUSED');
    await untilEnded(service, user, await postExport(service, admin, body));
  });

  it('is part of one id only: tenants, users and keys are told apart, wherever their texts end', () => {
    const text = fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('a', 'b', '/', ':', ' ', '-') });
    const triple = fc.record({ tenantId: text, userId: text, key: text });
    fc.assert(
      fc.property(triple, triple, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        assert.equal(idFor(one, one.key, NAMESPACE) === idFor(other, other.key, NAMESPACE), same);
      }),
      {
        numRuns: 2000,
        examples: [
          [
            { tenantId: 'a', userId: 'b:a', key: 'b' },
            { tenantId: 'a:b', userId: 'a', key: 'b' },
          ],
        ],
      },
    );
  });
});
