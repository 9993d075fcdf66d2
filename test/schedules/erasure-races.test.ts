import { WorkflowClient } from '@temporalio/client';
import assert from 'node:assert/strict';
import type { Principal } from '../../api/deps.js';
import { temporalScheduleId, type ScheduledExportInput } from '../../shared/schedules/contract.js';
import { jobIdOfRun } from '../../shared/schedules/job-id.js';
import { ScheduleStore } from '../../shared/schedules/store.js';
import type { ExportResult } from '../../shared/temporal/inputs.js';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import type { Answer } from '../support/answer.js';
import { queryRows } from '../support/database.js';
import { eraseExports } from '../support/erase-exports.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { holdRows } from '../support/hold-rows.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { sweepNow } from '../workflows/support.js';

const REQUEST = { type: 'orders', format: 'csv', columns: ['id'] };

describe('an erasure, at a moment when Temporal does not list everything yet,', () => {
  let service: TestService;
  const admin: Principal = { ...someUser(), scopes: ['exports:admin'] };

  before(async () => {
    service = await startService();
    await service.startWorker();
  });
  after(() => service.close());

  const erase = (user: Principal): Promise<void> => eraseExports(service, user, admin);
  const postSchedule = (as: Principal, key?: string): Promise<Answer> =>
    service.ask('POST', '/v1/schedules', {
      ...{ as, body: { name: 'Yearly', cron: '@yearly', request: REQUEST } },
      ...(key === undefined ? {} : { headers: { 'Idempotency-Key': key } }),
    });
  const idIn = ({ json }: Answer, name: 'job_id' | 'schedule_id'): string =>
    (json as Record<string, string | undefined>)[name] ?? assert.fail();
  const isMarked = async (id: string): Promise<boolean> =>
    (await queryRows(service.databaseUrl, 'SELECT FROM erased_ids WHERE id = $1', [id])).length > 0;
  const resultOf = (workflowId: string): Promise<ExportResult> =>
    service.deps.temporal.client.workflow.getHandle(workflowId).result() as Promise<ExportResult>;

  /** What the user could find, or find out, after the erasure. */
  async function assertNothingOf(user: Principal): Promise<void> {
    const { jobs, store } = service.deps;
    assert.deepEqual(await jobs.list({ ...user, limit: 10 }), []);
    assert.deepEqual(await store.list(`exports/${user.userId}/`), []);
    const named = `SELECT action FROM audit_events WHERE $1 IN (actor_ref, subject_ref) AND action LIKE 'export.%'`;
    assert.deepEqual(await queryRows(service.databaseUrl, named, [user.userId]), []);
  }

  /** No workflow is listed during the work. */
  async function unlisted(work: () => Promise<void>): Promise<void> {
    const { list } = Object.getOwnPropertyDescriptors(WorkflowClient.prototype);
    const none = { value: () => [], configurable: true, writable: true };
    Object.defineProperty(WorkflowClient.prototype, 'list', none);
    try {
      await work();
    } finally {
      Object.defineProperty(WorkflowClient.prototype, 'list', list);
    }
  }

  it('leaves no export of a scheduled run that has just started', async () => {
    const user = someUser();
    const scheduleId = idIn(await postSchedule(user), 'schedule_id');
    const held = holdRows((job) => job.scheduleId === scheduleId);
    try {
      await service.ask('POST', `/v1/schedules/${scheduleId}/run`, { as: user });
      const { jobId } = await held.arrived;
      await unlisted(() => erase(user));
      held.release();
      assert.equal((await resultOf(exportWorkflowId(jobId))).status, 'EXPIRED');
    } finally {
      held.release();
    }
    await assertNothingOf(user);
  });

  it('leaves no export that was admitted but has no row yet', async () => {
    const user = someUser();
    const held = holdRows((job) => job.userId === user.userId);
    try {
      const jobId = await postExport(service, user, REQUEST);
      await unlisted(async () => {
        const erased = erase(user);
        await until('its mark', () => isMarked(jobId));
        held.release();
        await erased;
      });
      // It was canceled, unless it was quicker to end by itself.
      await resultOf(exportWorkflowId(jobId)).catch(() => undefined);
    } finally {
      held.release();
    }
    await assertNothingOf(user);
  });

  it('leaves no schedule that the API creates before it dies; until the sweep deletes it, its runs make no export', async () => {
    const user = someUser();
    const stores = ScheduleStore.prototype;
    const { create } = Object.getOwnPropertyDescriptors(stores);
    let made: ScheduledExportInput | undefined;
    stores.create = async function (input, memo) {
      made = input;
      await erase(user);
      await create.value?.call(this, input, memo);
      throw new Error('the process has died');
    };
    try {
      assert.equal((await postSchedule(user)).status, 500);
    } finally {
      Object.defineProperty(stores, 'create', create);
    }
    assert(made !== undefined);
    const handle = service.deps.temporal.client.schedule.getHandle(temporalScheduleId(user, made.scheduleId));
    await handle.trigger();
    const run = await until('its run', async () => (await handle.describe()).info.recentActions[0]);
    const { workflowId } = run.action.workflow;
    assert.equal((await resultOf(workflowId)).status, 'EXPIRED');
    assert.equal(await service.deps.jobs.find(jobIdOfRun(workflowId)), null);

    const age = `UPDATE erased_ids SET erased_at = now() - interval '1 hour' WHERE id = $1`;
    await queryRows(service.databaseUrl, age, [made.scheduleId]);
    await sweepNow(service);
    await assert.rejects(handle.describe(), { name: 'ScheduleNotFoundError' });
    assert.ok(await isMarked(made.scheduleId), 'its last runs may not have started yet');
    await queryRows(service.databaseUrl, age.replace('1 hour', '9 days'), [made.scheduleId]);
    await sweepNow(service);
    assert.ok(!(await isMarked(made.scheduleId)));
    await assertNothingOf(user);
  });

  it('frees an Idempotency-Key: the same key creates the export and the schedule again', async () => {
    const user = someUser();
    const post = async (): Promise<string> => {
      const options = { as: user, body: REQUEST, headers: { 'Idempotency-Key': 'again' } };
      return idIn(await service.ask('POST', '/v1/exports', options), 'job_id');
    };
    const jobId = await post();
    const scheduleId = idIn(await postSchedule(user, 'again'), 'schedule_id');
    await service.deps.erasedIds.markJobs([jobId]);
    await erase(user);
    assert.deepEqual([await isMarked(jobId), await isMarked(scheduleId)], [true, true]);

    assert.equal(await post(), jobId);
    await untilEnded(service, user, jobId);
    assert.equal(idIn(await postSchedule(user, 'again'), 'schedule_id'), scheduleId);
    const run = await service.ask('POST', `/v1/schedules/${scheduleId}/run`, { as: user });
    const runId = idIn(run, 'job_id');
    await until('its row', () => service.deps.jobs.find(runId));
    await untilEnded(service, user, runId);
  });
});
