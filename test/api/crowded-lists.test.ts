import assert from 'node:assert/strict';
import type { ScheduleRef } from '../../shared/schedules/store.js';
import type { Answer } from '../support/answer.js';
import { until } from '../support/exports.js';
import { assertProblem } from './problems.js';
import { someone, startApi, type TestApi } from './support.js';

describe('many lists of schedules at once', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  it('are read one at a time per user, and in parallel for different users', async () => {
    const { schedules } = api.deps;
    const list = schedules.list.bind(schedules);
    const [alice, bob] = [someone(), someone()];
    const running = new Map<string, number>();
    let most = 0;
    const held = Promise.withResolvers<ScheduleRef[]>();
    schedules.list = async (owner) => {
      const now = (running.get(owner.userId) ?? 0) + 1;
      running.set(owner.userId, now);
      most = Math.max(most, now);
      const refs = owner.userId === alice.userId ? await held.promise : await list(owner);
      running.set(owner.userId, now - 1);
      return refs;
    };
    const asked = Array.from({ length: 5 }, () => api.ask('GET', '/v1/schedules', { as: alice }));
    await until('the first one is being read', () => Promise.resolve(running.get(alice.userId) === 1));
    assert.equal((await api.ask('GET', '/v1/schedules', { as: bob })).status, 200);
    const refused: Answer[] = [];
    for (const answer of asked) void answer.then((given) => refused.push(given));
    await until('the others are refused', () => Promise.resolve(refused.length === 4), 10_000);
    for (const answer of refused) assertProblem(answer, 'RATE_LIMITED');
    held.resolve([]);
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    assert.deepEqual(statuses.toSorted(), [200, 429, 429, 429, 429]);
    assert.equal(most, 1);
  });
});
