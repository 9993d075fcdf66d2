import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { NOTIFICATION_EVENTS } from '../../shared/contract.js';
import { MAILS_AN_HOUR } from '../../shared/mails/store.js';
import { startProgram, type Program } from '../api/programs.js';
import { until } from '../support/exports.js';
import { FAST, startService, type TestService } from '../support/service.js';
import { mailsTo, someReader, statusOf } from '../workflows/support.js';
import { notify, type Notified } from './notify.js';
import { startSlowProvider, STEPS, type Step } from './slow-provider.js';
import { startMailServer } from './smtp.js';
import { describeDeeply } from '../support/depth.js';
import { Gate } from '../support/gate.js';

/** Number of notifications that each kill interrupts at the same step. */
const AT_ONCE = 6;
// A killed worker is noticed when its attempt times out.
const TUNING = { ...FAST, mail: { ...FAST.mail, startToCloseMs: 3000, maximumAttempts: 20 } };

describeDeeply('killing a worker while it notifies users', function () {
  this.timeout(120_000);
  let service: TestService;
  const workers: Program[] = [];
  before(async () => {
    service = await startService({ orders: 10 });
  });
  after(async () => {
    for (const worker of workers) worker.process.kill('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
    await service.close();
  });

  async function launch(env: Readonly<Record<string, string>>): Promise<Program> {
    const worker = startProgram('worker/main.ts', [], { ...service.env, WORKER_DATA_SLOTS: '1', ...env });
    workers.push(worker);
    await until('a worker', () => Promise.resolve(worker.stdout().includes('"msg":"working"')), 60_000);
    return worker;
  }
  async function kill(worker: Program): Promise<void> {
    worker.process.kill('SIGKILL');
    await worker.ended;
  }

  const notifySome = (): Promise<Notified[]> =>
    Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) =>
        notify(service, someReader(), NOTIFICATION_EVENTS[index % 3], TUNING),
      ),
    );

  async function allEnd(notified: readonly Notified[]): Promise<void> {
    for (const { workflowId } of notified) {
      await until(`end of ${workflowId}`, async () => (await statusOf(service, workflowId)) === 'COMPLETED', 30_000);
    }
  }
  async function oneMailEach(notified: readonly Notified[]): Promise<void> {
    await allEnd(notified);
    for (const { user } of notified) assert.equal((await mailsTo(user)).length, 1, user.email);
  }

  for (const step of STEPS) {
    it(`${step} neither loses nor repeats a mail by Resend`, () => diesAt(step));
  }
  async function diesAt(step: Step): Promise<void> {
    const provider = await startSlowProvider(step);
    const [host = '', port = ''] = (service.env.TEMPORAL_ADDRESS ?? '').split(':');
    const gate = await Gate.before(host, Number(port));
    try {
      const env = { RESEND_BASE_URL: provider.url };
      const worker = await launch({ ...env, TEMPORAL_ADDRESS: gate.address });
      const notified = await notifySome();
      if (step === 'when the provider has answered') {
        // Cut the connection at the provider's first response, so that the worker can't report what it has done.
        await until('the first mail', () => Promise.resolve(provider.stopped >= 1));
        gate.silence();
        await sleep(300);
      } else {
        await until('every mail has reached the step', () => Promise.resolve(provider.stopped === AT_ONCE));
      }
      await kill(worker);
      provider.hurry();
      const next = await launch(env);
      await oneMailEach(notified);
      // Otherwise nothing was interrupted.
      if (step === 'when the provider has answered') assert.ok(provider.repeated > 0);
      else assert.equal(provider.repeated, AT_ONCE);
      await kill(next);
    } finally {
      await gate.refuse();
      await provider.close();
    }
  }

  it('at any moment neither loses nor repeats a mail by Resend', async () => {
    const notified: Notified[] = [];
    for (const ms of [10, 60]) {
      const worker = await launch({});
      notified.push(...(await notifySome()));
      await sleep(ms);
      await kill(worker);
    }
    const last = await launch({});
    await oneMailEach(notified);
    await kill(last);
  });

  it('after the SMTP server has received mails keeps the limit: 30 of 45 to one address are sent', async () => {
    let slow = true;
    const server = await startMailServer({ taken: () => (slow ? new Promise(() => undefined) : Promise.resolve()) });
    try {
      const env = { RESEND_API_KEY: '', SMTP_URL: `smtp://127.0.0.1:${server.port}` };
      const worker = await launch(env);
      const { email } = someReader();
      const notified = await Promise.all(
        Array.from({ length: 45 }, () => notify(service, { ...someReader(), email }, 'completed', TUNING)),
      );
      await until('the server has some', () => Promise.resolve(server.mails.length >= AT_ONCE));
      await kill(worker);
      slow = false;
      const next = await launch(env);
      await allEnd(notified);
      assert.equal(new Set(server.mails.map(({ messageId }) => messageId)).size, MAILS_AN_HOUR);
      assert.ok(server.mails.length > MAILS_AN_HOUR, 'some were sent twice');
      await kill(next);
    } finally {
      await server.close();
    }
  });

  it('after the SMTP server has received mails repeats them with the same Message-ID', async () => {
    let slow = true;
    const server = await startMailServer({ taken: () => (slow ? new Promise(() => undefined) : Promise.resolve()) });
    try {
      const env = { RESEND_API_KEY: '', SMTP_URL: `smtp://127.0.0.1:${server.port}` };
      const worker = await launch(env);
      const notified = await notifySome();
      await until('the server has every mail', () => Promise.resolve(server.mails.length === AT_ONCE));
      await kill(worker);
      slow = false;
      const next = await launch(env);
      await allEnd(notified);
      for (const { user, workflowId } of notified) {
        const ids = server.mails.filter(({ to }) => to?.[0]?.address === user.email).map(({ messageId }) => messageId);
        assert.deepEqual(ids, Array(2).fill(`<${workflowId.replaceAll('/', '.')}@example.com>`));
      }
      await kill(next);
    } finally {
      await server.close();
    }
  });
});
