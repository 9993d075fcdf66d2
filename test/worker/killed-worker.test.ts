import assert from 'node:assert/strict';
import type { Stack } from '../../dev/stack/stack.js';
import type { Principal } from '../../api/deps.js';
import { postExport, untilEnded } from '../support/exports.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { stackBeside } from '../support/stack.js';
import { launchWorker } from '../support/worker-process.js';
import { post } from '../workflows/support.js';

const USERS = 20;
/** What a user may wait for the loss of a worker. */
const WITHIN_MS = 2500;

describe('a worker that is killed while another is up', () => {
  let service: TestService;
  let programs: Stack;
  before(async () => {
    // The admission's own deadline, and semaphores that outlive the restart of a worker.
    service = await startService({ tuning: { idleMs: 60_000 }, admissionDeadlineMs: 5000 });
    programs = await stackBeside();
  });
  after(async () => {
    await programs.stop();
    await service.close();
  });

  /** One export of each user at the same moment. @returns how long the slowest answer took, ms */
  async function slowest(users: readonly Principal[]): Promise<number> {
    const times = users.map(async (user) => {
      const since = performance.now();
      const answer = await post(service, user);
      assert.equal(answer.status, 202, answer.text);
      return performance.now() - since;
    });
    return Math.max(...(await Promise.all(times)));
  }

  /** Each of them has an export, and its semaphore is with a worker. */
  const work = (users: readonly Principal[]): Promise<unknown> =>
    Promise.all(users.map(async (user) => untilEnded(service, user, await postExport(service, user))));

  it('costs its users no request, and none of them more than 2.5 seconds', async function () {
    this.timeout(120_000);
    const users = Array.from({ length: USERS }, someUser);
    const first = await launchWorker(programs, service, 'first-worker');
    // From here on the first worker holds the semaphore of each of them.
    await work(users);
    const usual = await slowest(users);
    const second = await launchWorker(programs, service, 'second-worker');
    // At work as well, not only started.
    await work(Array.from({ length: USERS }, someUser));
    await first.kill();
    const afterwards = await slowest(users);
    // One worker does by then what two did before.
    assert.ok(afterwards < WITHIN_MS + 2 * usual, `${Math.round(afterwards)} ms, usually ${Math.round(usual)} ms`);
    await second.stop();
  });
});
