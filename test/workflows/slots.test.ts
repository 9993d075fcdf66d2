import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '../../api/deps.js';
import type { Answer } from '../support/answer.js';
import { DEEP, deeply } from '../support/depth.js';
import { until, untilEnded } from '../support/exports.js';
import { someUser, type TestService } from '../support/service.js';
import { behind, type Door, type DoorNumber, type Doors, endStage, startStage } from './doors.js';
import { cancel, operateOn, post, slotsOf } from './support.js';

const idOf = (answer: Answer): string => (answer.json as { job_id: string }).job_id;
const activeIds = (answer: Answer): Set<string> =>
  new Set((answer.json as { active_job_ids: string[] }).active_job_ids);

describe('a slot', () => {
  let service: TestService;
  let doors: Doors;
  let first: Door;
  let second: Door;

  before(async () => {
    // No periodic checks: dead exports are found only when a request is refused.
    ({ service, doors } = await startStage({ tuning: { reapEveryMs: 60_000 } }));
  });
  after(async () => {
    await endStage({ service, doors });
  });
  beforeEach(async () => {
    first = await doors.closed(1);
    second = await doors.closed(2);
  });
  afterEach(async () => {
    await first.open();
    await second.open();
  });

  async function posted(user: Principal, number: DoorNumber): Promise<string> {
    const answer = await post(service, user, behind(number));
    assert.equal(answer.status, 202, answer.text);
    return idOf(answer);
  }

  /** Two exports that are reading; a third is refused with their ids. */
  async function twoActive(user: Principal): Promise<[string, string]> {
    const active: [string, string] = [await posted(user, 1), await posted(user, 2)];
    await Promise.all([first.untilWaiting(), second.untilWaiting()]);
    const third = await post(service, user);
    assert.equal(third.status, 429, third.text);
    assert.deepEqual(activeIds(third), new Set(active));
    return active;
  }

  const ENDS: Record<string, (jobId: string, user: Principal) => Promise<unknown>> = {
    completed: () => first.open(),
    failed: () => first.trap(),
    'been canceled by its user': (jobId, user) => cancel(service, user, jobId),
    'been canceled by an operator': (jobId) => operateOn(service, 'cancel', jobId),
    'been terminated': (jobId) => operateOn(service, 'terminate', jobId),
  };
  // Other ways to free the slot of a single export: ./cancel.test.ts and ./ends.test.ts.
  for (const [how, end] of Object.entries(ENDS).slice(0, DEEP ? undefined : 1)) {
    it(`is free within two seconds after one of two exports has ${how}`, async () => {
      const user = someUser();
      const [ended, other] = await twoActive(user);
      await end(ended, user);
      const since = performance.now();
      const admitted = await until('the third is admitted', async () => {
        const answer = await post(service, user, behind(2));
        if (answer.status === 202) return answer;
        assert.equal(answer.status, 429, answer.text);
        await sleep(250);
        return null;
      });
      const ms = performance.now() - since;
      assert(ms < 2000, `${ms} ms`);
      const fourth = await post(service, user);
      assert.equal(fourth.status, 429, 'one slot was freed, not two');
      assert.deepEqual(activeIds(fourth), new Set([other, idOf(admitted)]));
      await second.open();
      await untilEnded(service, user, other);
      await untilEnded(service, user, idOf(admitted));
      // Up to two retries: a busy machine may take longer.
    }).retries(2);
  }

  it('is granted to two of fifty concurrent requests of one user; 48 are rejected', async () => {
    const user = someUser();
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(service, user, behind(1))));
    const count = (status: number): number => answers.filter((answer) => answer.status === status).length;
    assert.deepEqual([count(202), count(429)], [2, 48], answers.find(({ status }) => status >= 500)?.text);
    const admitted = answers.filter(({ status }) => status === 202).map(idOf);
    for (const answer of answers.filter(({ status }) => status === 429)) {
      assert.deepEqual(activeIds(answer), new Set(admitted));
    }
    const rows = await service.deps.jobs.list({ ...user, limit: 100 });
    assert.deepEqual(new Set(rows.map(({ job_id }) => job_id)), new Set(admitted));
    await first.open();
    for (const jobId of admitted) await untilEnded(service, user, jobId);
  });

  it('is taken once per Idempotency-Key, however many concurrent requests use it', async () => {
    const user = someUser();
    const body = { format: 'csv', ...behind(1) };
    const ask = (): Promise<Answer> =>
      service.ask('POST', '/v1/exports', { as: user, body, headers: { 'Idempotency-Key': 'once' } });
    const answers = await Promise.all(Array.from({ length: 8 }, ask));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
    const [jobId = '', ...others] = new Set(answers.map(idOf));
    assert.deepEqual(others, []);
    assert.deepEqual(await slotsOf(service, user), { holders: { [jobId]: 'held' }, waiters: [], unsettled: [] });
    await first.open();
    await untilEnded(service, user, jobId);
  });

  deeply('is not shared with another user', async () => {
    const [alice, bob] = [someUser(), someUser()];
    const [one, two] = await twoActive(alice);
    await untilEnded(service, bob, idOf(await post(service, bob)));
    await first.open();
    await second.open();
    await untilEnded(service, alice, one);
    await untilEnded(service, alice, two);
  });

  it('leaves nothing behind: the semaphore ends when no export holds a slot or waits for one', async () => {
    const user = someUser();
    await untilEnded(service, user, idOf(await post(service, user)));
    await until('end of the semaphore', async () => (await slotsOf(service, user)) === null);
    await untilEnded(service, user, idOf(await post(service, user)));
  });
});
