import assert from 'node:assert/strict';
import type { Principal } from '../../api/deps.js';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { manifestOf, unpacked } from '../conformance/archives.js';
import { queryRows } from '../support/database.js';
import { eraseExports } from '../support/erase-exports.js';
import { download, postExport, until, untilEnded } from '../support/exports.js';
import { holdRows } from '../support/hold-rows.js';
import type { TestService } from '../support/service.js';
import { behind, endStage, startStage, type Doors } from '../workflows/doors.js';
import { mailsTo, resetExport, slotsOf, someReader, untilStatus, type Reader } from '../workflows/support.js';

describe('an export on behalf of a user whose administrator is erased', () => {
  let service: TestService;
  let doors: Doors;
  const eraser: Principal = { ...someReader(), scopes: ['exports:admin'] };
  const someAdmin = (): Reader => ({ ...someReader(), scopes: ['exports:read', 'exports:write', 'exports:admin'] });

  before(async () => {
    ({ service, doors } = await startStage({ orders: 2000 }));
  });
  after(() => endStage({ service, doors }));

  const erase = (user: Principal): Promise<void> => eraseExports(service, user, eraser);
  /** The export is the user's, without a trace of the administrator. */
  async function assertForgotten(jobId: string, admin: Reader): Promise<void> {
    const [row] = await queryRows<{ row: string }>(
      service.databaseUrl,
      'SELECT (to_jsonb(j) - $2)::text AS row FROM export_jobs j WHERE job_id = $1',
      [jobId, 'plan'],
    );
    assert(row !== undefined);
    for (const trace of [admin.userId, admin.email, 'secret-key']) assert.ok(!row.row.includes(trace), row.row);
    const events = await queryRows<{ event: string }>(
      service.databaseUrl,
      'SELECT to_jsonb(e)::text AS event FROM audit_events e WHERE job_id = $1',
      [jobId],
    );
    assert.ok(events.length > 0, 'its events remain');
    for (const { event } of events) assert.ok(!event.includes(admin.userId) && !event.includes('127.0.0.1'), event);
    assert.deepEqual(await mailsTo(admin), []);
  }

  for (const [when, key] of [
    ['after the API has answered', undefined],
    ['with an Idempotency-Key', 'secret-key'],
  ] as const) {
    it(`while it is starting, ${when}, belongs to the user alone`, async () => {
      const [user, admin] = [someReader(), someAdmin()];
      const held = holdRows((job) => job.requestedBy === admin.userId);
      try {
        const body = { type: 'account', format: 'json', on_behalf_of: user.userId };
        const headers = key === undefined ? {} : { 'Idempotency-Key': key };
        const posting = service.ask('POST', '/v1/exports', { as: admin, body, headers });
        const { jobId } = await held.arrived;
        await erase(admin);
        held.release();
        assert.equal((await posting).status, 202);
        await until('its row', () => service.deps.jobs.find(jobId));
        await untilEnded(service, user, jobId);
        await untilStatus(service, exportWorkflowId(jobId), 'COMPLETED');
        await assertForgotten(jobId, admin);
        const manifest = manifestOf(await unpacked(await download(service, user, jobId)));
        assert.deepEqual([manifest.user_id, manifest.requested_by], [user.userId, null]);
        await until(
          'its slot is free',
          async () => Object.keys((await slotsOf(service, user))?.holders ?? {}).length === 0,
        );
      } finally {
        held.release();
      }
    });
  }

  it('between its plan and its notification, notifies nobody', async () => {
    const [user, admin] = [someReader(), someAdmin()];
    const door = await doors.closed(1);
    try {
      const jobId = await postExport(service, admin, { ...behind(1), on_behalf_of: user.userId });
      await door.untilWaiting();
      await erase(admin);
      await door.open();
      await untilEnded(service, user, jobId);
      await untilStatus(service, exportWorkflowId(jobId), 'COMPLETED');
      await untilStatus(service, `notification/${jobId}/completed`, 'COMPLETED');
      await assertForgotten(jobId, admin);
      assert.deepEqual(await mailsTo(user), []);
    } finally {
      await door.open();
    }
  });

  it('is not requested by the administrator again when it is reset after its row was deleted', async () => {
    const [user, admin] = [someReader(), someAdmin()];
    const jobId = await postExport(service, admin, { on_behalf_of: user.userId });
    await untilEnded(service, user, jobId);
    await untilStatus(service, exportWorkflowId(jobId), 'COMPLETED');
    await until('the mail', async () => (await mailsTo(admin)).length === 1);
    await erase(admin);
    const { jobs, store } = service.deps;
    await store.delete((await jobs.get(jobId)).file_key ?? '');
    await jobs.remove(jobId);
    await resetExport(service, jobId);
    await until('its row', () => jobs.find(jobId));
    await untilEnded(service, user, jobId);
    const row = await jobs.get(jobId);
    assert.deepEqual([row.requested_by_ref, row.notify], [null, {}]);
    assert.equal((await mailsTo(admin)).length, 1);
  });

  it('is requested by an administrator who comes back under the same id, as before', async () => {
    const [user, admin] = [someReader(), someAdmin()];
    await erase(admin);
    const jobId = await postExport(service, admin, { on_behalf_of: user.userId });
    const job = await untilEnded(service, user, jobId);
    assert.equal(job.requested_by, admin.userId);
  });
});
