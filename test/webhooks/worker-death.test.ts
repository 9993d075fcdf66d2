import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../../dev/stack/stack.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { launchWorker } from '../support/worker-process.js';
import { LONG, describeDeeply } from '../support/depth.js';
import { startService, type TestService } from '../support/service.js';
import { stackBeside } from '../support/stack.js';
import { mailsTo, someReader, statusOf } from '../workflows/support.js';
import { startReceiver, type Receiver } from './receiver.js';
import { deliveriesOf } from './support.js';

/** Number of workers to kill, at each of the moments below in turn. */
const KILLS = LONG ? 20 : 3;

describeDeeply('a worker that is killed while it delivers a webhook', function () {
  this.timeout(60_000 + KILLS * 30_000);
  let service: TestService;
  let programs: Stack;
  let receiver: Receiver;
  // Long enough for a busy machine, short enough for a test.
  const webhook = { retryDelaysMs: [50, 100, 200, 300], timeoutMs: 2000, startToCloseMs: 3000 };

  before(async () => {
    programs = await stackBeside();
    service = await startService({ tuning: { webhook } });
    receiver = await startReceiver();
  });
  after(async () => {
    await programs.stop();
    await service.close();
    await receiver.close();
  });

  const launch = (name: string) => launchWorker(programs, service, name);

  /** Before the receiver responds, at that moment, and shortly after. */
  const MOMENTS = [
    { when: 'before an answer', answers: false, pauseMs: 0 },
    { when: 'as the receiver answers', answers: true, pauseMs: 0 },
    { when: 'a moment after the answer', answers: true, pauseMs: 15 },
  ];

  it('leaves it to the next one, which sends it with the same id; only one mail is sent', async () => {
    let worker = await launch('worker-0');
    for (let kill = 0; kill < KILLS; kill++) {
      const { when, answers, pauseMs } = MOMENTS[kill % MOMENTS.length] ?? assert.fail();
      const user = someReader();
      const before = receiver.received.length;
      receiver.answer((response) => {
        if (answers) response.writeHead(204).end();
      });
      const jobId = await postExport(service, user, { notify: { email: user.email, webhook_url: receiver.url } });
      await until(
        'a message',
        () => Promise.resolve(receiver.received.length > before),
        20_000,
        () => 1,
      );
      if (pauseMs > 0) await sleep(pauseMs);
      await worker.kill();
      receiver.answer((response) => {
        response.writeHead(204).end();
      });
      worker = await launch(`worker-${kill + 1}`);

      await untilEnded(service, user, jobId);
      const notification = `notification/${jobId}/completed`;
      await until('its end', async () => (await statusOf(service, notification)) === 'COMPLETED', 30_000);
      const messages = receiver.received.slice(before);
      assert.equal(new Set(messages.map(({ headers }) => headers['webhook-id'])).size, 1, when);
      assert.ok(messages.length <= 2, `${when}: ${messages.length} messages`);
      const tries = await deliveriesOf(service, user, jobId);
      assert.equal(tries.filter(({ status }) => status === 'DELIVERED').length, 1, when);
      assert.equal(tries.length, messages.length, 'every attempt is recorded');
      assert.equal((await mailsTo(user)).length, 1, when);
    }
    await worker.stop();
  });
});
