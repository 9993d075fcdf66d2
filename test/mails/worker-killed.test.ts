import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { NOTIFICATION_EVENTS } from '../../shared/contract.js';
import { MAILS_AN_HOUR } from '../../shared/mails/store.js';
import { startProgram, type Program } from '../api/programs.js';
import { until } from '../support/exports.js';
import { FAST, startService, type TestService } from '../support/service.js';
import { mailsTo, someReader, statusOf } from '../workflows/support.js';
import { notify, type Notified } from './notify.js';
import { startSlowProvider, STEPS, type SlowProvider, type Step } from './slow-provider.js';
import { startMailServer, type MailServer } from './smtp.js';
import { describeDeeply } from '../support/depth.js';
import { Gate } from '../support/gate.js';

/** Number of notifications that each kill interrupts at the same step. */
const AT_ONCE = 6;
// A killed worker is noticed when its attempt times out.
const TUNING = { ...FAST, mail: { ...FAST.mail, startToCloseMs: 3000, maximumAttempts: 20 } };

interface Running {
  /** What it was launched with. */
  readonly env: Readonly<Record<string, string>>;
  readonly program: Program;
  /** Its connection to Temporal. */
  readonly gate: Gate;
}

describeDeeply('killing a worker while it notifies users', function () {
  this.timeout(120_000);
  let service: TestService;
  let provider: SlowProvider;
  let server: MailServer;
  /** Whether the mail server keeps a mail without answering. */
  let isSilent = false;
  let byResend: Running['env'];
  let bySmtp: Running['env'];
  let running: Running | undefined;

  before(async () => {
    service = await startService({ orders: 10 });
    provider = await startSlowProvider();
    byResend = { RESEND_BASE_URL: provider.url };
    server = await startMailServer({ taken: () => (isSilent ? new Promise(() => undefined) : Promise.resolve()) });
    bySmtp = { RESEND_API_KEY: '', SMTP_URL: `smtp://127.0.0.1:${server.port}` };
  });
  after(async () => {
    await kill();
    await Promise.all([provider.close(), server.close()]);
    await service.close();
  });

  /** The only worker. The one that finished a test's notifications is the next one to be killed. */
  async function workerWith(env: Running['env']): Promise<Running> {
    if (running?.env === env) return running;
    await kill();
    const [host = '', port = ''] = (service.env.TEMPORAL_ADDRESS ?? '').split(':');
    const gate = await Gate.before(host, Number(port));
    const program = startProgram('worker/main.ts', [], {
      ...service.env,
      ...env,
      WORKER_DATA_SLOTS: '1',
      TEMPORAL_ADDRESS: gate.address,
    });
    running = { env, program, gate };
    await until('a worker', () => Promise.resolve(program.stdout().includes('"msg":"working"')), 60_000);
    return running;
  }
  async function kill(): Promise<void> {
    running?.program.process.kill('SIGKILL');
    await running?.program.ended;
    await running?.gate.refuse();
    running = undefined;
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
    const { gate } = await workerWith(byResend);
    provider.stallAt(step);
    const notified = await notifySome();
    if (step === 'when the provider has answered') {
      // Cut the connection at the provider's first response, so that the worker can't report what it has done.
      await until('the first mail', () => Promise.resolve(provider.stopped >= 1));
      gate.silence();
      await sleep(300);
    } else {
      await until('every mail has reached the step', () => Promise.resolve(provider.stopped === AT_ONCE));
    }
    await kill();
    provider.hurry();
    await workerWith(byResend);
    await oneMailEach(notified);
    // Otherwise nothing was interrupted.
    if (step === 'when the provider has answered') assert.ok(provider.repeated > 0);
    else assert.equal(provider.repeated, AT_ONCE);
  }

  it('at any moment neither loses nor repeats a mail by Resend', async () => {
    const notified: Notified[] = [];
    for (const ms of [10, 60]) {
      await workerWith(byResend);
      notified.push(...(await notifySome()));
      await sleep(ms);
      await kill();
    }
    await workerWith(byResend);
    await oneMailEach(notified);
  });

  it('after the SMTP server has received mails keeps the limit: 30 of 45 to one address are sent', async () => {
    await workerWith(bySmtp);
    isSilent = true;
    const { email } = someReader();
    const notified = await Promise.all(
      Array.from({ length: 45 }, () => notify(service, { ...someReader(), email }, 'completed', TUNING)),
    );
    await until('the server has some', () => Promise.resolve(server.mails.length >= AT_ONCE));
    await kill();
    isSilent = false;
    await workerWith(bySmtp);
    await allEnd(notified);
    const sent = server.mails.filter(({ to }) => to?.[0]?.address === email);
    assert.equal(new Set(sent.map(({ messageId }) => messageId)).size, MAILS_AN_HOUR);
    assert.ok(sent.length > MAILS_AN_HOUR, 'some were sent twice');
  });

  it('after the SMTP server has received mails repeats them with the same Message-ID', async () => {
    await workerWith(bySmtp);
    isSilent = true;
    const before = server.mails.length;
    const notified = await notifySome();
    await until('the server has every mail', () => Promise.resolve(server.mails.length === before + AT_ONCE));
    await kill();
    isSilent = false;
    await workerWith(bySmtp);
    await allEnd(notified);
    for (const { user, workflowId } of notified) {
      const ids = server.mails.filter(({ to }) => to?.[0]?.address === user.email).map(({ messageId }) => messageId);
      assert.deepEqual(ids, Array(2).fill(`<${workflowId.replaceAll('/', '.')}@example.com>`));
    }
  });
});
