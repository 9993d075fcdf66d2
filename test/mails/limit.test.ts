import { MockActivityEnvironment } from '@temporalio/testing';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Registry } from '@prometheus-io/client';
import { eraseUser } from '../../activities/retention/erase-user.js';
import { sendEmail } from '../../activities/notify/send-email.js';
import { MAILS_AN_HOUR } from '../../shared/mails/store.js';
import { WorkerMetrics } from '../../shared/process/worker-metrics.js';
import { queryRows } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { until } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, type TestService } from '../support/service.js';
import type { RunningWorker } from '../support/test-worker.js';
import { someReader, statusOf, sweepNow, type Reader } from '../workflows/support.js';
import { endedJob, notify, type Notified } from './notify.js';
import { answer, startMailServer, type MailServer } from './smtp.js';
import { NOBODY } from '../support/origin.js';

const AT_ONCE = 45;

describe('one address gets at most 30 mails an hour:', function () {
  this.timeout(120_000);
  let service: TestService;
  let server: MailServer;
  /** Message-IDs by recipient, of mails that the server accepted. */
  const taken = new Map<string, Set<string>>();
  /** Number of attempts that the server still rejects. */
  let refusals = 0;
  let worker: RunningWorker;

  before(async () => {
    server = await startMailServer({
      taken: ({ to, messageId = '' }) => {
        if (refusals > 0) {
          refusals -= 1;
          return Promise.reject(answer(451, 'Try again later'));
        }
        const address = (to?.[0]?.address ?? '').toLowerCase();
        taken.set(address, (taken.get(address) ?? new Set()).add(messageId));
        return Promise.resolve();
      },
    });
    const env = { RESEND_API_KEY: '', SMTP_URL: `smtp://127.0.0.1:${server.port}` };
    service = await startService({ orders: 10, env });
    worker = await service.startWorker();
  });
  after(async () => {
    await closeCleanly(service);
    await server.close();
  });

  const takenBy = (email: string): number => taken.get(email)?.size ?? 0;
  /** Users of two tenants who all send to the same address. */
  const requesters = (email: string, count: number): Reader[] =>
    Array.from({ length: count }, (_, n) => ({
      ...someReader(),
      ...(n % 2 === 0 ? {} : { tenantId: '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e02' }),
      // The same address in two spellings.
      email: n % 3 === 0 ? email.toUpperCase() : email,
    }));
  const notifyAll = (email: string, count: number): Promise<Notified[]> =>
    Promise.all(requesters(email, count).map((user) => notify(service, user)));
  async function allEnd(notified: readonly Notified[]): Promise<void> {
    for (const { workflowId } of notified) {
      await until(`end of ${workflowId}`, async () => (await statusOf(service, workflowId)) === 'COMPLETED', 60_000);
    }
  }
  /** Moves the reservations back in time. */
  const age = (minutes: number): Promise<unknown> =>
    queryRows(
      service.databaseUrl,
      'UPDATE mail_reservations SET reserved_at = reserved_at - make_interval(mins => $1)',
      [minutes],
    );
  const reservations = async (jobId: string): Promise<number> =>
    (await queryRows(service.databaseUrl, 'SELECT FROM mail_reservations WHERE job_id = $1', [jobId])).length;

  const run = <T>(work: () => Promise<T>): Promise<T> => new MockActivityEnvironment().run(work);
  /** One attempt, without a workflow. */
  async function attempt(user: Reader): Promise<{ jobId: string; sent: boolean; skipped?: string; metrics: string }> {
    const registry = new Registry();
    const deps = { ...service.deps, metrics: new WorkerMetrics(registry) };
    const jobId = await endedJob(service, user, 'completed');
    const about = { jobId, tenantId: user.tenantId, event: 'completed' } as const;
    const result = await run(() => sendEmail(deps)(about));
    return { jobId, ...result, metrics: await registry.metrics() };
  }

  it('30 of 45 concurrent mails from two tenants are sent, even if a worker restarts and the server rejects some at first', async () => {
    const { email } = someReader();
    refusals = 10;
    const notified = await notifyAll(email, AT_ONCE);
    await until('the first mails', () => Promise.resolve(takenBy(email) > 3));
    await worker.stop();
    worker = await service.startWorker();
    await allEnd(notified);
    const sent = taken.get(email) ?? new Set<string>();
    assert.equal(sent.size, MAILS_AN_HOUR);

    const other = someReader();
    await allEnd([await notify(service, other)]);
    assert.equal(takenBy(other.email), 1, 'another address is unaffected');

    let skipped = 0;
    for (const { jobId, user, workflowId } of notified) {
      const { json } = await service.ask('GET', `/v1/exports/${jobId}/deliveries`, { as: user });
      const { skipped_mails: skips } = json as { skipped_mails: { event: string; reason: string; detail: string }[] };
      const wasSent = [...sent].some((id) => id.startsWith(`<${workflowId.replaceAll('/', '.')}@`));
      assert.equal(skips.length, wasSent ? 0 : 1, workflowId);
      skipped += skips.length;
      for (const { event, reason, detail } of skips) {
        assert.deepEqual([event, reason], ['export.completed', 'RECIPIENT_LIMIT']);
        assert.equal(detail, 'This address had already received 30 emails within an hour, so this one was skipped.');
      }
    }
    assert.equal(skipped, AT_ONCE - MAILS_AN_HOUR);

    const late = await attempt({ ...someReader(), email });
    assert.deepEqual([late.sent, late.skipped], [false, 'RECIPIENT_LIMIT']);
    assert.ok(late.metrics.includes('export_notifications_total{channel="mail",outcome="skipped"} 1'));
    await age(60);
    assert.equal((await attempt({ ...someReader(), email })).sent, true, 'an hour later it is mailed again');
  });

  it('deleting an export frees nothing; erasing its user removes its reservations; the sweep removes old ones', async () => {
    const [user, other] = [someReader(), someReader()];
    const deleted = await attempt(user);
    await service.deps.jobs.remove(deleted.jobId);
    assert.equal(await reservations(deleted.jobId), 1);
    const kept = await attempt({ ...other, email: user.email });
    await run(() => eraseUser(service.deps)({ ...user, origin: NOBODY, erasureId: randomUUID() }));
    assert.deepEqual([await reservations(deleted.jobId), await reservations(kept.jobId)], [0, 1]);

    await sweepNow(service);
    assert.equal(await reservations(kept.jobId), 1, 'it still counts');
    await age(61);
    await sweepNow(service);
    assert.equal(await reservations(kept.jobId), 0);
  });

  deeply('a mail whose attempts take longer than an hour counts when it is sent', async () => {
    const { email } = someReader();
    const jobId = await endedJob(service, { ...someReader(), email }, 'completed');
    const { mails } = service.deps;
    assert.equal(await mails.reserve(jobId, 'completed', email), 'RESERVED');
    await age(61);
    for (let n = 0; n < MAILS_AN_HOUR; n++) assert.equal((await attempt({ ...someReader(), email })).sent, true);
    assert.equal(await mails.reserve(jobId, 'completed', email), 'SKIPPED');
    assert.equal((await mails.skipped(jobId)).length, 1);
    await age(61);
    assert.equal(await mails.reserve(jobId, 'completed', email), 'RESERVED');
    assert.deepEqual(await mails.skipped(jobId), [], 'it is sent after all');
  });

  deeply('a mail about a deleted export reserves nothing', async () => {
    const user = someReader();
    const jobId = await endedJob(service, user, 'completed');
    await service.deps.jobs.remove(jobId);
    assert.equal(await service.deps.mails.reserve(jobId, 'completed', user.email), 'GONE');
    assert.equal(await reservations(jobId), 0);
  });
});
