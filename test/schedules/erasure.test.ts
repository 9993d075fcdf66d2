import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Principal } from '../../api/deps.js';
import { ScheduleStore } from '../../shared/schedules/store.js';
import { temporalScheduleId, type ScheduledExportInput } from '../../shared/schedules/contract.js';
import { assertProblem } from '../api/problems.js';
import type { Answer } from '../support/answer.js';
import { queryRows } from '../support/database.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { behind, type Door, type Doors, endStage, startStage } from '../workflows/doors.js';
import { rowsInBytes, rowOf, slotsOf, sweepNow } from '../workflows/support.js';
import { deeply } from '../support/depth.js';

const RESULT = { status: 'ERASED', schedules: 0, saved_exports: 0, exports: 0, files: 0, cancelled: 0 };

describe('retention', () => {
  let service: TestService;
  let doors: Doors;
  let door: Door;

  before(async () => {
    const tuning = { segmentBytes: rowsInBytes(200) };
    ({ service, doors } = await startStage({ tuning, retryWindowMs: 1, env: { JOB_TTL: '1h' } }));
    door = await doors.closed(1);
  });
  after(() => endStage({ service, doors }));

  const erase = ({ userId }: Principal, as: Principal): Promise<Answer> =>
    service.ask('DELETE', `/v1/users/${userId}/exports`, { as });
  const admin = (): Principal => ({ ...someUser(), scopes: ['exports:admin'] });
  const age = (jobId: string, hours: number): Promise<unknown> =>
    queryRows(
      service.databaseUrl,
      `UPDATE export_jobs SET completed_at = completed_at - make_interval(hours => $2),
         url_expires_at = url_expires_at - make_interval(hours => $3) WHERE job_id = $1`,
      [jobId, hours, 24 * hours],
    );
  const schedule = (as: Principal): Promise<Answer> => {
    const body = { name: 'Daily', cron: '@daily', request: { type: 'orders', format: 'csv', columns: ['id'] } };
    return service.ask('POST', '/v1/schedules', { as, body });
  };

  deeply(
    "deletes an export's row, file and leftovers after JOB_TTL, and not before; even if a lifecycle rule deleted the file first",
    async () => {
      const user = someUser();
      const [old, swept] = [await postExport(service, user), await postExport(service, user)];
      for (const jobId of [old, swept]) await untilEnded(service, user, jobId);
      const { file_key: key } = await rowOf(service, swept);
      assert(key !== null);
      await service.deps.store.delete(key);
      const failed = await postExport(service, user, behind(1));
      await door.untilWaiting();
      await door.trap();
      await untilEnded(service, user, failed, 'FAILED');
      await door.open();
      await door.close();
      const kept = await postExport(service, user);
      await untilEnded(service, user, kept);

      await queryRows(
        service.databaseUrl,
        `INSERT INTO webhook_deliveries (job_id, event, webhook_id, run_id, attempt, host)
      VALUES ($1, 'completed', 'msg_1', 'run', 1, 'example.com')`,
        [old],
      );
      // Last, because from then on the scheduled sweep may delete them, too.
      for (const jobId of [old, swept, failed]) await age(jobId, 2);
      await sweepNow(service);
      const rows = await service.deps.jobs.list({ ...user, limit: 10 });
      assert.deepEqual(
        rows.map(({ job_id }) => job_id),
        [kept],
      );
      const objects = await service.deps.store.list(`exports/${user.userId}/`);
      assert.deepEqual(
        objects.map(({ key: left }) => left),
        [rows[0]?.file_key],
      );
      for (const table of ['webhook_deliveries', 'export_segments']) {
        assert.deepEqual(await queryRows(service.databaseUrl, `SELECT FROM ${table} WHERE job_id = $1`, [old]), []);
      }
    },
  );

  it('allows erasing all data of a user: schedules, runs, files and rows; other users keep theirs', async () => {
    const [user, other] = [someUser(), someUser()];
    const ended = await postExport(service, user);
    const others = await postExport(service, other);
    await untilEnded(service, user, ended);
    await untilEnded(service, other, others);
    const { json } = await schedule(user);
    await schedule(other);
    const active = [await postExport(service, user, behind(1)), await postExport(service, user, behind(1))];
    await door.untilWaiting(2);
    // A third export waits for a slot.
    const { schedule_id: id } = json as { schedule_id: string };
    await service.ask('POST', `/v1/schedules/${id}/run`, { as: user });
    await until('it waits', async () => (await slotsOf(service, user))?.waiters.length === 1);

    const erased = await erase(user, admin());
    assert.deepEqual(erased.json, { ...RESULT, schedules: 1, exports: 4, files: 1, cancelled: 3 });
    assert.deepEqual(await service.deps.jobs.list({ ...user, limit: 10 }), []);
    const { store } = service.deps;
    assert.deepEqual(await store.list(`exports/${user.userId}/`), []);
    assert.deepEqual(await store.openUploads(`exports/${user.userId}/`), []);
    for (const jobId of active) assert.deepEqual(await store.list(`tmp/${jobId}/`), []);
    const reserved = 'SELECT FROM schedule_reservations WHERE user_ref = $1';
    assert.deepEqual(await queryRows(service.databaseUrl, reserved, [user.userId]), []);
    assert.deepEqual((await erase(user, admin())).json, RESULT, 'repeating it is harmless');

    assert.equal((await rowOf(service, others)).shown_status, 'COMPLETED');
    const left = await service.ask('GET', '/v1/schedules', { as: other });
    assert.equal((left.json as { schedules: unknown[] }).schedules.length, 1);
    await untilEnded(service, user, await postExport(service, user));
  });

  it('leaves no schedule that was being created meanwhile', async () => {
    const user = someUser();
    const stores = ScheduleStore.prototype;
    const { create } = Object.getOwnPropertyDescriptors(stores);
    // The erasure runs between the reservation and the creation.
    let made: ScheduledExportInput | undefined;
    stores.create = async function (input, memo) {
      made = input;
      assert.deepEqual((await erase(user, admin())).json, RESULT);
      await create.value?.call(this, input, memo);
    };
    try {
      assertProblem(await schedule(user), 'NOT_FOUND');
    } finally {
      Object.defineProperty(stores, 'create', create);
    }
    assert(made !== undefined);
    const handle = service.deps.temporal.client.schedule.getHandle(temporalScheduleId(user, made.scheduleId));
    await assert.rejects(handle.describe(), { name: 'ScheduleNotFoundError' });
  });

  it('frees an Idempotency-Key after an erasure: the key creates a new export with the same id, once', async () => {
    const user = someUser();
    const post = (format: string): Promise<Answer> =>
      service.ask('POST', '/v1/exports', {
        ...{ as: user, body: { type: 'orders', format }, headers: { 'Idempotency-Key': 'nightly' } },
      });
    const idOf = ({ json }: Answer): string => (json as { job_id: string }).job_id;
    const first = idOf(await post('csv'));
    await untilEnded(service, user, first);
    await erase(user, admin());
    // A different request is accepted: nothing is left to compare it with.
    const answers = await Promise.all([post('json'), post('json'), post('json')]);
    for (const answer of answers) {
      assert.equal(answer.status, 202, answer.text);
      assert.equal(idOf(answer), first);
    }
    assert.ok(((await untilEnded(service, user, first)).row_count ?? 0) > 0);
    assert.equal((await rowOf(service, first)).format, 'JSON');
    assertProblem(await post('csv'), 'IDEMPOTENCY_KEY_REUSED');
  });

  it("allows erasure only with the admin scope, and only in the caller's tenant", async () => {
    const user = someUser();
    const jobId = await postExport(service, user);
    await untilEnded(service, user, jobId);
    for (const scopes of [undefined, ['exports:write']]) {
      const token = { ...someUser(), ...(scopes === undefined ? {} : { scopes }) };
      const problem = assertProblem(await erase(user, token), 'FORBIDDEN');
      assert.equal(problem.needed_scope, 'exports:admin');
    }
    const stranger = { ...admin(), tenantId: randomUUID() };
    assert.deepEqual((await erase(user, stranger)).json, RESULT);
    assert.equal((await rowOf(service, jobId)).shown_status, 'COMPLETED');
    const wrong = await service.ask('DELETE', `/v1/users/${'a'.repeat(256)}/exports`, { as: admin() });
    assertProblem(wrong, 'VALIDATION_FAILED', ['path/user_id']);
  });
});

describe('an erasure that outlasts its request', () => {
  let service: TestService;
  before(async () => {
    service = await startService({ erasureAnswerMs: 300 });
  });
  after(() => service.close());

  it('returns 202, continues, and returns 200 when it is done', async () => {
    const user = someUser();
    const admin = { ...someUser(), scopes: ['exports:admin'] };
    const erase = (): Promise<Answer> => service.ask('DELETE', `/v1/users/${user.userId}/exports`, { as: admin });
    // No worker runs, so nothing happens yet.
    for (let n = 0; n < 2; n++) {
      const answer = await erase();
      assert.deepEqual([answer.status, answer.json], [202, { status: 'ERASING' }]);
    }
    await service.startWorker();
    const done = await until('its end', async () => {
      const answer = await erase();
      return answer.status === 200 && answer;
    });
    assert.deepEqual(done.json, RESULT);
  });
});
