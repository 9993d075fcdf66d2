import assert from 'node:assert/strict';
import { assertProblem } from '../api/problems.js';
import { download, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { SAVED_BODY, SAVED_REQUEST, savedExportsOf } from './support.js';

const YEARLY = { name: 'Nightly', cron: '0 3 1 1 *' };

describe('saved exports and schedules', () => {
  let service: TestService;
  before(async () => {
    service = await startService({ orders: 500 });
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  const { ask, save, runSchedule: run } = savedExportsOf(() => service);

  it('are run in their current version', async () => {
    const user = someUser();
    const id = await save(user);
    const schedule = { ...YEARLY, saved_export_id: id };
    const made = await service.ask('POST', '/v1/schedules', { as: user, body: schedule });
    assert.equal(made.status, 201, made.text);
    const { schedule_id: scheduleId, request } = made.json as { schedule_id: string; request: object };
    assert.deepEqual(request, { type: 'orders', format: 'csv', notify: { email: false } });
    await ask('PUT', `/${id}`, user, { ...SAVED_BODY, request: { ...SAVED_REQUEST, columns: ['total'] } });
    const first = await run(user, scheduleId);
    await untilEnded(service, user, first);
    assert.match((await download(service, user, first)).toString(), /^total\n/);

    await ask('DELETE', `/${id}`, user);
    const second = await untilEnded(service, user, await run(user, scheduleId, first), 'FAILED');
    assert.equal(second.error_code, 'SCHEDULE_OUTDATED');
    const body = { ...schedule, request: SAVED_REQUEST };
    const both = await service.ask('POST', '/v1/schedules', { as: user, body });
    assertProblem(both, 'VALIDATION_FAILED', ['/saved_export_id']);
    const gone = await service.ask('POST', '/v1/schedules', { as: user, body: schedule });
    assertProblem(gone, 'VALIDATION_FAILED', ['/saved_export_id']);
    await service.ask('DELETE', `/v1/schedules/${scheduleId}`, { as: user });
  });

  it('name the exports of schedules, which otherwise have the name of the request or the schedule', async () => {
    const user = someUser();
    const id = await save(user, { ...SAVED_BODY, name: 'Paid orders' });
    for (const [definition, expected] of [
      [{ request: { ...SAVED_REQUEST, name: 'Own name' } }, 'Own name'],
      [{ saved_export_id: id }, 'Paid orders'],
      [{ request: SAVED_REQUEST }, 'Nightly'],
    ] as const) {
      const made = await service.ask('POST', '/v1/schedules', { as: user, body: { ...YEARLY, ...definition } });
      const { schedule_id: scheduleId } = made.json as { schedule_id: string };
      const jobId = await run(user, scheduleId);
      const { name, file_name: file } = await untilEnded(service, user, jobId);
      assert.equal(name, expected);
      assert.ok(String(file).startsWith(`${expected.replace(' ', '-')}-20`), String(file));
      await service.ask('DELETE', `/v1/schedules/${scheduleId}`, { as: user });
    }
  });

  it('name the failed exports of schedules, too', async () => {
    const user = someUser();
    const id = await save(user, { ...SAVED_BODY, name: 'Paid orders' });
    const made = await service.ask('POST', '/v1/schedules', { as: user, body: { ...YEARLY, saved_export_id: id } });
    const { schedule_id: scheduleId } = made.json as { schedule_id: string };
    await ask('DELETE', `/${id}`, user);
    const { name, error_code: code } = await untilEnded(service, user, await run(user, scheduleId), 'FAILED');
    assert.deepEqual([name, code], ['Nightly', 'SCHEDULE_OUTDATED']);
    await service.ask('DELETE', `/v1/schedules/${scheduleId}`, { as: user });
  });

  it('are told apart by their ids: several may have the same name', async () => {
    const user = someUser();
    const ids = [await save(user), await save(user)];
    assert.notEqual(ids[0], ids[1]);
  });

  it('need a valid name, with the same errors as an export', async () => {
    const user = someUser();
    for (const [name, detail] of [
      [undefined, 'is required'],
      [7, 'must be text'],
      [' ', 'must not be empty'],
      ['a\nb', 'must be one line without control characters'],
      ['x'.repeat(101), 'must be at most 100 characters'],
    ] as const) {
      for (const [path, rest] of [
        ['/v1/schedules', YEARLY],
        ['/v1/saved-exports', {}],
      ] as const) {
        const answer = await service.ask('POST', path, { as: user, body: { ...rest, request: SAVED_REQUEST, name } });
        const { errors } = assertProblem(answer, 'VALIDATION_FAILED', ['/name']);
        assert.deepEqual(errors, [{ pointer: '/name', detail }], path);
      }
    }
  });
});
