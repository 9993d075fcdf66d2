import { MockActivityEnvironment } from '@temporalio/testing';
import assert from 'node:assert/strict';
import { createAbout } from '../../activities/file/outlines.js';
import { finishUpload } from '../../activities/finish/finish-upload.js';
import { manifestOf, unpacked } from '../conformance/archives.js';
import { queryRows } from '../support/database.js';
import { download, readJob, postExport, until, untilEnded } from '../support/exports.js';
import type { TestService } from '../support/service.js';
import { Doors } from '../workflows/doors.js';
import { ON_BEHALF } from './on-behalf-of.js';

const { user, other, admin, account } = ON_BEHALF;

/** Schedules and saved exports that name another user. */
export function schedulesOnBehalf(started: () => TestService): void {
  it('is not made by a schedule whose saved export names a different user than when the schedule was created', async () => {
    const service = started();
    const save = (request: object, id = '') =>
      service.ask(id === '' ? 'POST' : 'PUT', `/v1/saved-exports${id === '' ? '' : `/${id}`}`, {
        ...{ as: admin, body: { name: 'x', shared: true, request } },
      });
    const { on_behalf_of: _, ...own } = account;
    const { saved_export_id: id } = (await save(own)).json as { saved_export_id: string };
    const as = { ...other, scopes: ['exports:read', 'exports:write'] };
    const body = { name: 'x', cron: '@yearly', saved_export_id: id };
    const { schedule_id: scheduleId } = (await service.ask('POST', '/v1/schedules', { as, body })).json as {
      schedule_id: string;
    };
    assert.equal((await save(account, id)).status, 200);
    const run = await service.ask('POST', `/v1/schedules/${scheduleId}/run`, { as });
    const jobId = /"job_id":"([^"]+)"/.exec(run.text)?.[1] ?? '';
    await until('its export exists', async () => (await service.deps.jobs.find(jobId)) !== null);
    const job = await untilEnded(service, as, jobId, 'FAILED');
    assert.deepEqual([job.user_id, job.requested_by, job.error_code], ['user_7', null, 'SCHEDULE_OUTDATED']);
  });

  it('can be scheduled: the schedule is the administrator’s, its exports are the user’s', async () => {
    const service = started();
    const body = { name: 'Archive', cron: '@yearly', request: account };
    const { json } = await service.ask('POST', '/v1/schedules', { as: admin, body });
    const { schedule_id: scheduleId } = json as { schedule_id: string };
    for (const [as, status] of [
      [user, 404],
      [admin, 200],
    ] as const) {
      assert.equal((await service.ask('GET', `/v1/schedules/${scheduleId}`, { as })).status, status);
    }
    await until('it is listed', async () =>
      (await service.ask('GET', '/v1/schedules', { as: admin })).text.includes(scheduleId),
    );
    const run = await service.ask('POST', `/v1/schedules/${scheduleId}/run`, { as: admin });
    const jobId = /"job_id":"([^"]+)"/.exec(run.text)?.[1] ?? '';
    await until('its export exists', async () => (await service.deps.jobs.find(jobId)) !== null);
    const job = await untilEnded(service, user, jobId);
    assert.deepEqual([job.user_id, job.requested_by, job.row_count], ['user_42', 'admin_1', 10]);
  });

  it('can name a user by a UUID in upper case: saved exports, schedules and their events belong to the same user', async () => {
    const service = started();
    const id = 'c0ffee00-0000-4000-8000-00000000abcd';
    const definition = { name: 'x', request: { ...account, on_behalf_of: id.toUpperCase() } };
    const post = async (path: string, body: object) => (await service.ask('POST', path, { as: admin, body })).json;
    const saved = await post('/v1/saved-exports', { ...definition, shared: true });
    const { saved_export_id: savedId, request } = saved as { saved_export_id: string; request: object };
    assert.deepEqual(request, { ...account, on_behalf_of: id });
    const created: { schedule_id: string; request: object }[] = [];
    for (const body of [definition, { name: 'x', saved_export_id: savedId }]) {
      created.push(
        (await post('/v1/schedules', { ...body, cron: '@yearly' })) as { schedule_id: string; request: object },
      );
    }
    for (const schedule of created) assert.deepEqual(schedule.request, { ...account, on_behalf_of: id });
    const { json } = await service.ask('GET', `/v1/audit?subject=${id}`, { as: admin });
    const { events } = json as { events: readonly { action: string; schedule_id: string | null }[] };
    const recorded = events.flatMap(({ action, schedule_id }) => (action === 'schedule.created' ? [schedule_id] : []));
    assert.deepEqual(new Set(recorded), new Set(created.map(({ schedule_id }) => schedule_id)));
    await until('they are erased', async () => {
      const { text } = await service.ask('DELETE', `/v1/users/${id}/exports`, { as: admin });
      return text.includes('ERASED');
    });
    const { status } = await service.ask('GET', `/v1/saved-exports/${savedId}`, { as: admin });
    assert.equal(status, 404);
    for (const { schedule_id } of created) {
      await service.ask('DELETE', `/v1/schedules/${schedule_id}`, { as: admin });
    }
  });
}

/** What is left of exports on behalf of others after an erasure of either user. */
export function erasuresOnBehalf(started: () => TestService): void {
  it('is kept when the administrator is erased; erasing the user deletes the schedule that makes it', async () => {
    const service = started();
    const body = { name: 'Archive', cron: '@yearly', request: { ...account, on_behalf_of: 'user_9' } };
    const { json } = await service.ask('POST', '/v1/schedules', { as: admin, body });
    const { schedule_id: scheduleId } = json as { schedule_id: string };
    const statusOf = async () => (await service.ask('GET', `/v1/schedules/${scheduleId}`, { as: admin })).status;
    assert.equal(await statusOf(), 200);
    const erase = (userId: string) => service.ask('DELETE', `/v1/users/${userId}/exports`, { as: admin });
    // At once, although Temporal may not list it yet.
    await erase('user_9');
    assert.equal(await statusOf(), 404);
    const replaced = { ...body, request: { ...account, on_behalf_of: 'user_10' } };
    const { json: made } = await service.ask('POST', '/v1/schedules', { as: admin, body });
    const { schedule_id: second } = made as { schedule_id: string };
    assert.equal((await service.ask('PUT', `/v1/schedules/${second}`, { as: admin, body: replaced })).status, 200);
    await erase('user_10');
    assert.equal((await service.ask('GET', `/v1/schedules/${second}`, { as: admin })).status, 404);
    const jobId = await postExport(service, { ...admin, userId: 'admin_3' }, account);
    await untilEnded(service, user, jobId);
    await erase('admin_3');
    const kept = await readJob(service, user, jobId);
    assert.deepEqual([kept.user_id, kept.requested_by], ['user_42', null]);
  });

  it('loses the addresses and key of an erased administrator; its bytes stay the same', async () => {
    const service = started();
    const requester = { ...admin, userId: 'admin_4' };
    const headers = { 'Idempotency-Key': 'secret-key' };
    const { json } = await service.ask('POST', '/v1/exports', { as: requester, body: account, headers });
    const { job_id: jobId } = json as { job_id: string };
    const own = await postExport(service, { ...user, email: 'user@example.com' }, { type: 'account', format: 'json' });
    for (const id of [jobId, own]) await untilEnded(service, user, id);
    const { databaseUrl, deps } = service;
    const hook = JSON.stringify({ webhook_url: 'https://example.com/hook' });
    await queryRows(databaseUrl, `UPDATE export_jobs SET notify = notify || '${hook}' WHERE job_id = '${jobId}'`);
    const before = await deps.jobs.get(jobId);
    assert.deepEqual(before.notify, { email: 'admin@example.com', webhook_url: 'https://example.com/hook' });
    await until('admin_4 is erased', async () => {
      const { text } = await service.ask('DELETE', '/v1/users/admin_4/exports', { as: admin });
      return text.includes('ERASED');
    });
    const after = await deps.jobs.get(jobId);
    assert.deepEqual([after.requested_by_ref, after.notify, after.idempotency_key], [null, {}, null]);
    const plannedAt = new Date().toISOString();
    assert.deepEqual(createAbout(after, plannedAt), createAbout(before, plannedAt));
    assert.deepEqual((await deps.jobs.get(own)).notify, { email: 'user@example.com' });
  });

  it('loses its links when its administrator is erased; the user gets new ones', async () => {
    const service = started();
    const { databaseUrl } = service;
    const requester = { ...admin, userId: 'admin_6' };
    await queryRows(databaseUrl, "INSERT INTO staff VALUES ('user_42'), ('admin_6')");
    const body = { type: 'payroll', format: 'csv', on_behalf_of: 'user_42' };
    const jobId = await postExport(service, requester, body);
    await untilEnded(service, requester, jobId);
    const linkFor = async (as: typeof user): Promise<string> => {
      const { download_url: url } = await readJob(service, as, jobId);
      return new URL(url ?? '').pathname;
    };
    const statusOf = async (link: string): Promise<number> => (await service.ask('GET', link)).status;
    const given = await linkFor(requester);
    assert.equal(await statusOf(given), 302);
    await queryRows(databaseUrl, "DELETE FROM staff WHERE id = 'admin_6'");
    assert.equal(await statusOf(given), 404);
    await until('admin_6 is erased', async () => {
      const { text } = await service.ask('DELETE', '/v1/users/admin_6/exports', { as: admin });
      return text.includes('ERASED');
    });
    assert.deepEqual([await statusOf(given), await statusOf(await linkFor(user))], [404, 302]);
  });

  it('is recognized as complete if the response of the store was lost before the administrator was erased', async () => {
    const service = started();
    const { databaseUrl, deps } = service;
    const requester = { ...admin, userId: 'admin_5' };
    const doors = await Doors.of(service);
    const door = await doors.closed(1);
    // Before the row is locked, so that it can still be changed.
    await queryRows(
      databaseUrl,
      `CREATE FUNCTION wait_to_publish() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END $$;
       CREATE TRIGGER wait_to_publish BEFORE UPDATE OF completed_at ON export_jobs
         FOR EACH STATEMENT EXECUTE FUNCTION wait_to_publish()`,
    );
    try {
      const jobId = await postExport(service, requester, account);
      await door.untilWaiting();
      await deps.jobs.forgetRequester(requester);
      const again = await new MockActivityEnvironment().run(() =>
        finishUpload(deps)({ jobId, tenantId: requester.tenantId, generation: 1 }),
      );
      await door.open();
      const { file_size: fileSize, checksum, requested_by } = await untilEnded(service, user, jobId);
      assert.equal(requested_by, null);
      assert(typeof again === 'object' && again !== null && 'file' in again, 'its object is found');
      assert.partialDeepStrictEqual(again.file, { fileSize, checksum });
      const manifest = manifestOf(await unpacked(await download(service, user, jobId)));
      assert.equal(manifest.requested_by, 'admin_5');
    } finally {
      await doors.end();
      await queryRows(databaseUrl, 'DROP TRIGGER wait_to_publish ON export_jobs; DROP FUNCTION wait_to_publish');
    }
  });
}
