import assert from 'node:assert/strict';
import type { Principal } from '../../api/deps.js';
import { exportWorkflowId, notificationWorkflowId } from '../../shared/temporal/names.js';
import { ownerQuery } from '../../shared/temporal/search-attributes.js';
import { queryRows } from '../support/database.js';
import { eraseExports } from '../support/erase-exports.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { someUser, startService, type TestService } from '../support/service.js';
import {
  mailsTo,
  operator,
  resetExport,
  slotsOf,
  someReader,
  statusOf,
  sweepNow,
  untilMailed,
  untilStatus,
} from './support.js';

const DAY = 24 * 3600;

describe('a reset after its user was erased', () => {
  let service: TestService;
  const admin: Principal = { ...someUser(), scopes: ['exports:admin'] };

  before(async () => {
    service = await startService();
    await service.startWorker();
  });
  after(() => service.close());

  const erase = (user: Principal): Promise<void> => eraseExports(service, user, admin);
  const untilListed = (user: Principal, workflowId: string): Promise<true> =>
    until(`${workflowId} is listed`, async () => {
      const query = `${ownerQuery(user)} AND WorkflowId = "${workflowId}"`;
      return (await service.deps.temporal.client.workflow.count(query)).count > 0;
    });
  /** The result of the latest run, once that is another one than `before`. */
  async function resultAfter(workflowId: string, before: string): Promise<unknown> {
    const handle = service.deps.temporal.client.workflow.getHandle(workflowId);
    await until('another run', async () => (await handle.describe()).runId !== before);
    return handle.result();
  }
  const runOf = async (workflowId: string): Promise<string> =>
    (await service.deps.temporal.client.workflow.getHandle(workflowId).describe()).runId;

  /** What could be found of the user. */
  async function assertNothingOf(user: Principal): Promise<void> {
    const { jobs, store } = service.deps;
    assert.deepEqual(await jobs.list({ ...user, limit: 10 }), []);
    assert.deepEqual(await store.list(`exports/${user.userId}/`), []);
    assert.deepEqual(await store.openUploads(`exports/${user.userId}/`), []);
    const named = `SELECT action FROM audit_events WHERE $1 IN (actor_ref, subject_ref)`;
    assert.deepEqual(await queryRows(service.databaseUrl, named, [user.userId]), []);
    await until('its slots are free', async () => {
      const { holders = {}, waiters = [] } = (await slotsOf(service, user)) ?? {};
      return Object.keys(holders).length + waiters.length === 0;
    });
  }
  /** As the sweep does after JOB_TTL. */
  async function removeRow(jobId: string): Promise<void> {
    const { jobs, store } = service.deps;
    await store.delete((await jobs.get(jobId)).file_key ?? '');
    await jobs.remove(jobId);
  }
  async function assertResetEndsOf(user: Principal, jobId: string): Promise<void> {
    const workflowId = exportWorkflowId(jobId);
    const before = await runOf(workflowId);
    await resetExport(service, jobId);
    assert.deepEqual(await resultAfter(workflowId, before), { status: 'EXPIRED', rowCount: null, fileSize: null });
    await assertNothingOf(user);
  }

  it('of a completed and of a failed export ends at once: no row, no file, no email, and its slot is free', async () => {
    const user = someReader();
    const completed = await postExport(service, user);
    await untilEnded(service, user, completed);
    await untilMailed(user);
    await queryRows(service.databaseUrl, `UPDATE export_jobs SET status = 'FAILED' WHERE job_id = $1`, [completed]);
    const other = await postExport(service, user);
    await untilEnded(service, user, other);
    for (const jobId of [completed, other]) await untilStatus(service, exportWorkflowId(jobId), 'COMPLETED');
    const mails = await until('both mails', async () => {
      const sent = await mailsTo(user);
      return sent.length === 2 && sent;
    });
    await erase(user);
    for (const jobId of [completed, other]) {
      await assertResetEndsOf(user, jobId);
      // Its run may be reset, too.
      await assertResetEndsOf(user, jobId);
      assert.equal(await statusOf(service, notificationWorkflowId(jobId, 'failed')), 'NOT_FOUND');
    }
    assert.equal((await mailsTo(user)).length, mails.length);
  });

  it('of an export whose row had been deleted before, ends at once, too', async () => {
    const user = someUser();
    const jobId = await postExport(service, user);
    await untilEnded(service, user, jobId);
    await untilStatus(service, exportWorkflowId(jobId), 'COMPLETED');
    await untilListed(user, exportWorkflowId(jobId));
    await removeRow(jobId);
    await erase(user);
    await assertResetEndsOf(user, jobId);
  });

  it('of a run of a schedule that the user had deleted, makes no export', async () => {
    const user = someUser();
    const body = { name: 'Yearly', cron: '@yearly', request: { type: 'orders', format: 'csv', columns: ['id'] } };
    const { json } = await service.ask('POST', '/v1/schedules', { as: user, body });
    const { schedule_id: scheduleId } = json as { schedule_id: string };
    const run = await service.ask('POST', `/v1/schedules/${scheduleId}/run`, { as: user });
    const { job_id: jobId } = run.json as { job_id: string };
    await until('its row', () => service.deps.jobs.find(jobId));
    await untilEnded(service, user, jobId);
    const [workflowId = ''] = await until('its run is listed', async () => {
      const query = `${ownerQuery(user)} AND WorkflowType = "scheduledExportWorkflow" AND ExecutionStatus = "Completed"`;
      const ids: string[] = [];
      for await (const listed of service.deps.temporal.client.workflow.list({ query })) ids.push(listed.workflowId);
      return ids.length > 0 && ids;
    });
    await service.ask('DELETE', `/v1/schedules/${scheduleId}`, { as: user });
    await removeRow(jobId);
    await erase(user);
    const before = await runOf(workflowId);
    await operator(service, 'reset', workflowId, '--type', 'FirstWorkflowTask');
    await resultAfter(workflowId, before);
    await assertNothingOf(user);
  });

  it('is still refused while Temporal keeps histories, and as long as resets are repeated', async () => {
    const user = someUser();
    const jobId = await postExport(service, user);
    await untilEnded(service, user, jobId);
    await untilStatus(service, exportWorkflowId(jobId), 'COMPLETED');
    await erase(user);
    const age = (days: number) =>
      queryRows(
        service.databaseUrl,
        `UPDATE erased_ids SET erased_at = now() - make_interval(secs => $2) WHERE id = $1`,
        [...[jobId, days * DAY]],
      );
    const marks = () => queryRows(service.databaseUrl, 'SELECT FROM erased_ids WHERE id = $1', [jobId]);
    // Seven days of an execution, one of the namespace's retention, and one to spare.
    await age(8.9);
    await sweepNow(service);
    assert.equal((await marks()).length, 1);
    await assertResetEndsOf(user, jobId);
    await sweepNow(service);
    await age(0.1);
    const [row] = await queryRows<{ old: boolean }>(
      service.databaseUrl,
      `SELECT erased_at < now() - interval '8 days' AS old FROM erased_ids WHERE id = $1`,
      [jobId],
    );
    assert.equal(row?.old, false, 'the run that was refused may be reset as well');
    await age(9.1);
    await sweepNow(service);
    assert.deepEqual(await marks(), []);
  });
});
