import { MockActivityEnvironment } from '@temporalio/testing';
import assert from 'node:assert/strict';
import { sendEmail } from '../../activities/notify/send-email.js';
import { createMailer } from '../../shared/mails/create-mailer.js';
import { postExport, untilEnded } from '../support/exports.js';
import { startService, type TestService } from '../support/service.js';
import { stack } from '../support/stack.js';
import { mailsTo, someReader, temporal, untilMailed, untilStatus, type Reader } from '../workflows/support.js';

describe('without a mail provider', () => {
  let service: TestService;
  before(async () => {
    service = await startService({ orders: 100, env: { RESEND_API_KEY: '', SMTP_URL: '' } });
    await service.startWorker();
  });
  after(() => service.close());

  interface Skipped {
    readonly event: string;
    readonly reason: string;
    readonly detail: string;
  }
  async function skippedOf(user: Reader, jobId: string): Promise<Skipped[]> {
    const { json } = await service.ask('GET', `/v1/exports/${jobId}/deliveries`, { as: user });
    const { skipped_mails: mails } = json as { skipped_mails: readonly Skipped[] };
    return mails.map(({ event, reason, detail }) => ({ event, reason, detail }));
  }

  it('an export says that its email was skipped, and why; it is sent later once there is a provider', async () => {
    const user = someReader();
    const jobId = await postExport(service, user);
    await untilEnded(service, user, jobId);
    const workflowId = `notification/${jobId}/completed`;
    await untilStatus(service, workflowId, 'COMPLETED');
    assert.match(await temporal(service, 'workflow', 'show', '-w', workflowId, '--detailed'), /NOT_CONFIGURED/);
    const detail = 'The service is not set up to send emails, so this one was skipped.';
    assert.deepEqual(await skippedOf(user, jobId), [{ event: 'export.completed', reason: 'NOT_CONFIGURED', detail }]);

    const deps = { ...service.deps, mailer: createMailer(stack().env) };
    const about = { jobId, tenantId: user.tenantId, event: 'completed' } as const;
    await new MockActivityEnvironment().run(() => sendEmail(deps)(about));
    assert.equal((await untilMailed(user)).length, 1);
    assert.deepEqual(await skippedOf(user, jobId), []);
  });

  it('an export that should send no email lists none', async () => {
    const user = someReader();
    const jobId = await postExport(service, user, { notify: { email: false } });
    await untilEnded(service, user, jobId);
    await service.deps.mails.skip(jobId, 'completed');
    assert.deepEqual(await skippedOf(user, jobId), []);
    assert.deepEqual(await mailsTo(user), []);
  });
});
