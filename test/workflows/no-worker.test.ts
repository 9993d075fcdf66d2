import assert from 'node:assert/strict';
import { exportWorkflowId, slotsWorkflowId } from '../../shared/temporal/names.js';
import { describeDeeply } from '../support/depth.js';
import { until, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { post, statusOf } from './support.js';

describeDeeply('without a worker', () => {
  let service: TestService;

  before(async () => {
    service = await startService({ admissionDeadlineMs: 5000 });
  });
  after(() => closeCleanly(service));

  it('a request returns 503 with its job id, and starts nothing when a worker appears later', async () => {
    const user = someUser();
    const refused = await post(service, user);
    assert.equal(refused.status, 503, refused.text);
    const { code, job_id: jobId } = refused.json as { code: string; job_id: string };
    assert.equal(code, 'TEMPORARILY_UNAVAILABLE');

    await service.startWorker();
    // The worker still finds the request, but too late to start anything.
    const slots = slotsWorkflowId(user.tenantId, user.userId);
    await until('end of the semaphore', async () => (await statusOf(service, slots)) === 'COMPLETED');
    assert.equal(await service.deps.jobs.find(jobId), null);
    assert.equal(await statusOf(service, exportWorkflowId(jobId)), 'NOT_FOUND');

    const next = await post(service, user);
    assert.equal(next.status, 202, next.text);
    await untilEnded(service, user, (next.json as { job_id: string }).job_id);
  });
});
