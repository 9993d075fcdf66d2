import assert from 'node:assert/strict';
import type { Stack } from '../../dev/stack/stack.js';
import type { Principal } from '../../api/deps.js';
import { slotsWorkflowId } from '../../shared/temporal/names.js';
import { describeDeeply, LONG } from '../support/depth.js';
import { postExport, untilEnded } from '../support/exports.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { stackBeside } from '../support/stack.js';
import { launchWorker } from '../support/worker-process.js';
import { post } from '../workflows/support.js';

const USERS = LONG ? 20 : 8;
/**
 * How long a semaphore's task may wait for a dead worker: a timer of Temporal's that hardly depends on the machine's
 * load.
 */
const STICKS_MS = 2500;
/**
 * Allows for all these starts on a busy machine; a semaphore that sticks to a dead worker until its task times out takes
 * ten seconds.
 */
const ADMISSION_MS = 9000;

describeDeeply('a worker that is killed while another is up', () => {
  let service: TestService;
  let programs: Stack;
  before(async () => {
    // Long enough for semaphores to outlive the loss of a worker.
    service = await startService({ tuning: { idleMs: 60_000 }, admissionDeadlineMs: ADMISSION_MS });
    programs = await stackBeside();
  });
  after(async () => {
    await programs.stop();
    await service.close();
  });

  /** Creates one export per user at the same time; all must be accepted. */
  async function postAll(users: readonly Principal[]): Promise<void> {
    const answers = await Promise.all(users.map((user) => post(service, user)));
    assert.deepEqual(
      answers.filter(({ status }) => status !== 202).map(({ text }) => text),
      [],
    );
  }

  /**
   * How long each task of a user's semaphore waited for the killed worker before another worker could have it, in ms.
   */
  async function stickyWaits({ tenantId, userId }: Principal): Promise<number[]> {
    const semaphore = service.deps.temporal.client.workflow.getHandle(slotsWorkflowId(tenantId, userId));
    const { events } = await semaphore.fetchHistory();
    const times = new Map(
      events?.map(({ eventId, eventTime }) => [
        String(eventId),
        Number(eventTime?.seconds) * 1000 + Number(eventTime?.nanos) / 1e6,
      ]),
    );
    const at = (eventId: unknown): number => times.get(String(eventId)) ?? NaN;
    return (events ?? []).flatMap(({ eventId, workflowTaskTimedOutEventAttributes: lost }) =>
      lost ? [at(eventId) - at(lost.scheduledEventId)] : [],
    );
  }

  /** Gives each user an export, which assigns the user's semaphore to a worker. */
  const work = (users: readonly Principal[]): Promise<unknown> =>
    Promise.all(users.map(async (user) => untilEnded(service, user, await postExport(service, user))));

  it('fails no request of its users: another worker has their semaphores within 2.5 seconds', async function () {
    this.timeout(120_000);
    const users = Array.from({ length: USERS }, someUser);
    const first = await launchWorker(programs, service, 'first-worker');
    // From here on, the first worker holds everybody's semaphore.
    await work(users);
    const second = await launchWorker(programs, service, 'second-worker');
    // Make sure that the second worker is really working.
    await work(Array.from({ length: USERS }, someUser));
    await first.kill();
    await postAll(users);
    const waits = (await Promise.all(users.map(stickyWaits))).flat();
    assert(waits.length > 0, 'the killed worker held no semaphore');
    assert(Math.max(...waits) < STICKS_MS, `waited ${waits.join(', ')} ms`);
    await second.stop();
  });
});
