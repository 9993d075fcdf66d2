import assert from 'node:assert/strict';
import type { Principal } from '../../api/deps.js';
import { queryRows } from '../support/database.js';
import { download, until, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { temporalScheduleId } from '../../shared/schedules/contract.js';
import { mailsTo, someReader, temporal, type Reader } from '../workflows/support.js';
import { savedExportsOf } from './support.js';

const CUSTOMER = '987654321';

describe("a schedule of a colleague's shared saved export", () => {
  let service: TestService;
  before(async () => {
    service = await startService({ orders: 500 });
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  const { ask, save, runSchedule: run } = savedExportsOf(() => service);

  /** A saved export with what its owner may not want to leave behind. */
  const bodyOf = (owner: Reader) => ({
    name: `Orders for ${owner.userId}`,
    shared: true,
    request: {
      ...{ type: 'orders', format: 'csv', columns: ['id', { name: 'total', as: `Seen by ${owner.userId}` }] },
      name: `Private to ${owner.userId}`,
      filters: { customer_id: CUSTOMER },
      notify: { email: owner.email, webhook_url: `https://example.com/${owner.userId}` },
    },
  });
  const TRACES = (owner: Reader) => [owner.userId, owner.email, CUSTOMER];

  async function scheduleOf(user: Principal, savedExportId: string): Promise<string> {
    const body = { name: 'Yearly', cron: '@yearly', saved_export_id: savedExportId };
    const answer = await service.ask('POST', '/v1/schedules', { as: user, body });
    assert.equal(answer.status, 201, answer.text);
    return (answer.json as { schedule_id: string }).schedule_id;
  }
  /** What the colleague and Temporal have of the schedule. */
  async function assertNoTraces(owner: Reader, user: Principal, scheduleId: string): Promise<void> {
    const shown = await service.ask('GET', `/v1/schedules/${scheduleId}`, { as: user });
    const list = await service.ask('GET', '/v1/schedules', { as: user });
    const stored = await temporal(
      service,
      ...['schedule', 'describe', '-o', 'json'],
      '-s',
      temporalScheduleId(user, scheduleId),
    );
    const payloads = [...stored.matchAll(/"data": "([^"]+)"/g)].map(([, data = '']) =>
      Buffer.from(data, 'base64').toString(),
    );
    for (const text of [shown.text, list.text, stored, ...payloads]) {
      for (const trace of TRACES(owner)) assert.ok(!text.includes(trace), text);
    }
  }

  it('keeps nothing of its request but the dataset and the format', async () => {
    const [owner, user] = [someReader(), someUser()];
    const scheduleId = await scheduleOf(user, await save(owner, bodyOf(owner)));
    const { json } = await service.ask('GET', `/v1/schedules/${scheduleId}`, { as: user });
    assert.deepEqual((json as { request: object }).request, { type: 'orders', format: 'csv' });
    await assertNoTraces(owner, user, scheduleId);
    await service.ask('DELETE', `/v1/schedules/${scheduleId}`, { as: user });
  });

  for (const [what, end] of Object.entries({
    'is erased': async (owner: Reader) => {
      const as = { ...someUser(), scopes: ['exports:admin'] };
      const { status } = await service.ask('DELETE', `/v1/users/${owner.userId}/exports`, { as });
      assert.equal(status, 200);
    },
    'stops sharing it': async (owner: Reader, id: string) => {
      assert.equal((await ask('PUT', `/${id}`, owner, { ...bodyOf(owner), shared: false })).status, 200);
    },
    'deletes it': async (owner: Reader, id: string) => {
      assert.equal((await ask('DELETE', `/${id}`, owner)).status, 204);
    },
  })) {
    it(`fails once its owner ${what}: the colleague sees and hears why, and nothing of the owner`, async () => {
      const [owner, user] = [someReader(), someReader()];
      const request = { ...bodyOf(owner).request, name: 'Orders', filters: {}, columns: ['id'] };
      const id = await save(owner, { ...bodyOf(owner), request });
      const scheduleId = await scheduleOf(user, id);
      const first = await run(user, scheduleId);
      await untilEnded(service, user, first);
      assert.match((await download(service, user, first)).toString(), /^id\n/);
      await end(owner, id);
      const second = await run(user, scheduleId, first);
      const job = await untilEnded(service, user, second, 'FAILED');
      assert.deepEqual(
        [job.error_code, job.error_message, job.name],
        ['SCHEDULE_OUTDATED', "The schedule's saved export was deleted, or is no longer shared with you.", 'Yearly'],
      );
      await until('the mail about it', async () =>
        (await mailsTo(user)).some(({ text }) => text.replaceAll(/\s+/g, ' ').includes('no longer shared with you')),
      );
      const [row] = await queryRows<{ row: string }>(
        service.databaseUrl,
        'SELECT to_jsonb(j)::text AS row FROM export_jobs j WHERE job_id = $1',
        [second],
      );
      for (const trace of TRACES(owner)) assert.ok(row !== undefined && !row.row.includes(trace));
      assert.deepEqual(await mailsTo(owner), []);
      await assertNoTraces(owner, user, scheduleId);
      await service.ask('DELETE', `/v1/schedules/${scheduleId}`, { as: user });
    });
  }
});
