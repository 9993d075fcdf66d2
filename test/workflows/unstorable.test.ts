import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { temporalScheduleId } from '../../shared/schedules/contract.js';
import { ScheduleStore } from '../../shared/schedules/store.js';
import type { ExportRequest, JobSeed } from '../../shared/contract.js';
import { hashRequest } from '../../shared/request/request.js';
import { slotsStart } from '../../shared/temporal/slots-start.js';
import { admitUpdate } from '../../shared/temporal/messages.js';
import { readJob, until, untilEnded } from '../support/exports.js';
import { FAST, startService, type TestService } from '../support/service.js';
import { post, mailsTo, slotsOf, someReader, type Reader } from './support.js';
import { NOBODY } from '../support/origin.js';

/** Values that the API rejects today, and that a bug there might let through. */
const UNSTORABLE: readonly (readonly [string, string])[] = [
  ['NUL', 'a\0b'],
  ['half of a surrogate pair', 'a\ud800b'],
];

describe('an export whose row can never be stored', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
    await service.startWorker();
  });
  after(() => service.close());

  const requestOf = ({ email }: Reader, title: string): ExportRequest => ({
    ...{ type: 'orders', format: 'PDF', columns: ['id'], filters: {} },
    options: { timezone: 'UTC', orientation: 'auto', page_size: 'A4', title },
    notify: { email },
  });

  /** Starts it as the API would if it didn't validate. */
  async function admit(user: Reader, title: string): Promise<string> {
    const request = requestOf(user, title);
    const job: JobSeed = {
      ...{
        jobId: randomUUID(),
        userId: user.userId,
        tenantId: user.tenantId,
        request,
        scheduleId: null,
        savedExportId: null,
        idempotencyKey: null,
      },
      ...{ requestHash: hashRequest(request), createdAt: new Date().toISOString(), origin: NOBODY },
    };
    const terms = { limit: 2, tuning: FAST };
    await service.deps.temporal.client.workflow.executeUpdateWithStart(admitUpdate, {
      args: [{ job, ...terms, notAfter: Date.now() + 60_000, atOnce: true, again: false }],
      updateId: randomUUID(),
      startWorkflowOperation: slotsStart(job, terms, []),
    });
    return job.jobId;
  }

  for (const [what, title] of UNSTORABLE) {
    it(`fails with an error code because of ${what}, frees its slot and notifies its user`, async () => {
      const user = someReader();
      const since = Date.now();
      const jobIds = [await admit(user, title), await admit(user, title)];
      for (const jobId of jobIds) {
        await until(`the row of ${jobId}`, () => service.deps.jobs.find(jobId));
        const { error_code, error_message } = await untilEnded(service, user, jobId, 'FAILED');
        assert.equal(error_code, 'NOT_STORABLE');
        assert.equal(error_message, "The request contains characters that can't be stored.");
      }
      assert.ok(Date.now() - since < 10_000, 'it is not retried');
      await until('both mails', async () => (await mailsTo(user)).length === 2);
      await until('both slots are free', async () => {
        const slots = await slotsOf(service, user);
        return slots === null || Object.keys(slots.holders).length === 0;
      });
      const answer = await post(service, user);
      assert.equal(answer.status, 202, 'its user is not locked out');
    });
  }

  it('also fails with a code when a schedule starts it', async () => {
    const user = someReader();
    const owner = { tenantId: user.tenantId, userId: user.userId };
    const scheduleId = randomUUID();
    const schedules = new ScheduleStore(service.deps.temporal, service.deps.places, 20_000);
    // The title is checked at every run; the token's address was checked when the schedule was created.
    const definition = {
      ...{ name: 'Broken', cron: '0 0 1 1 *', timezone: 'UTC', overlap: 'skip' as const },
      request: { type: 'orders', format: 'csv' },
    };
    const memo = { createdAt: new Date().toISOString(), requestHash: 'x' };
    await schedules.create({ ...owner, scheduleId, email: `\0${user.email}`, definition }, memo);
    const triggered = await schedules.trigger(owner, scheduleId);
    const jobId = triggered?.run?.jobId ?? assert.fail('no run');
    await until(`the row of ${jobId}`, () => service.deps.jobs.find(jobId));
    assert.equal((await untilEnded(service, user, jobId, 'FAILED')).error_code, 'NOT_STORABLE');
    assert.equal((await readJob(service, user, jobId)).status, 'FAILED');
    await service.deps.temporal.client.schedule.getHandle(temporalScheduleId(owner, scheduleId)).delete();
  });

  it('stores the reason in its row even if it contains NUL', async () => {
    const user = someReader();
    const jobId = await admit(user, 'a\0b');
    await until(`the row of ${jobId}`, () => service.deps.jobs.find(jobId));
    await untilEnded(service, user, jobId, 'FAILED');
    const other = { ...requestOf(user, 'fine') };
    const job: JobSeed = {
      ...{
        jobId: randomUUID(),
        userId: user.userId,
        tenantId: user.tenantId,
        request: other,
        scheduleId: null,
        savedExportId: null,
        idempotencyKey: null,
      },
      ...{ requestHash: hashRequest(other), createdAt: new Date().toISOString(), origin: NOBODY },
    };
    await service.deps.jobs.insert(job);
    assert.ok(await service.deps.jobs.fail(job.jobId, { code: 'INTERNAL', message: 'x\0y' }));
    assert.equal((await readJob(service, user, job.jobId)).error_message, 'x\uFFFDy');
  });
});
