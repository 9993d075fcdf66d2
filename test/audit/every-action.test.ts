import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Principal } from '../../api/deps.js';
import { settleExport } from '../../activities/slots/settle-export.js';
import { AUDIT_ACTIONS, type AuditAction } from '../../shared/audit/event.js';
import { seedFor } from '../api/support.js';
import type { Answer } from '../support/answer.js';
import { postExport, untilEnded } from '../support/exports.js';
import { someUser, type TestService } from '../support/service.js';
import { behind, endStage, startStage, type Door, type Doors } from '../workflows/doors.js';
import { operateOn } from '../workflows/support.js';
import { eventsOf, officerOf, readAudit } from './events.js';
import { sendUnknownTimezones } from './unknown-timezones.js';

const REQUEST = { type: 'orders', format: 'csv' };
const SCHEDULE = { name: 'Nightly', cron: '0 3 * * *', request: REQUEST };
const SAVED = { name: 'Mine', request: REQUEST };

describe('the audit log of all actions', function () {
  this.timeout(60_000);
  let service: TestService;
  let doors: Doors;
  let door: Door;

  before(async () => {
    ({ service, doors } = await startStage());
    door = await doors.closed(1);
  });
  after(async () => {
    await endStage({ service, doors });
  });

  const send = (user: Principal, method: string, path: string, body?: unknown, headers = {}): Promise<Answer> =>
    service.ask(method, `/v1${path}`, { as: user, headers, ...(body === undefined ? {} : { body }) });
  /** Sends the same request twice. */
  async function twice(...[user, method, path, body]: Parameters<typeof send>): Promise<Answer> {
    const headers = { 'Idempotency-Key': randomUUID() };
    const first = await send(user, method, path, body, headers);
    assert.ok(first.status < 300 || first.status === 302, first.text);
    await send(user, method, path, body, headers);
    return first;
  }
  async function idOf(answer: Promise<Answer>, name: string): Promise<string> {
    const { json, text } = await answer;
    return (json as Record<string, string | undefined>)[name] ?? assert.fail(text);
  }
  const scheduled = (user: Principal) => idOf(twice(user, 'POST', '/schedules', SCHEDULE), 'schedule_id');
  const saved = (user: Principal) => idOf(twice(user, 'POST', '/saved-exports', SAVED), 'saved_export_id');
  async function completed(user: Principal): Promise<string> {
    const jobId = await postExport(service, user);
    await untilEnded(service, user, jobId);
    return jobId;
  }
  async function running(user: Principal): Promise<string> {
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    return jobId;
  }

  /** Does what the event is about, and repeats it where a repeated request is the same action. */
  const DO: Readonly<Record<AuditAction, (user: Principal) => Promise<unknown>>> = {
    'export.requested': (user) => twice(user, 'POST', '/exports', REQUEST),
    'export.refused': (user) => send({ ...user, scopes: ['exports:read'] }, 'POST', '/exports', REQUEST),
    'export.previewed': (user) => send(user, 'POST', '/exports/preview', REQUEST),
    'export.canceled': async (user) => {
      const jobId = await running(user);
      await twice(user, 'POST', `/exports/${jobId}/cancel`);
      await untilEnded(service, user, jobId, 'CANCELLED');
    },
    'export.terminated': async (user) => {
      const jobId = await running(user);
      await operateOn(service, 'terminate', jobId);
      await untilEnded(service, user, jobId, 'FAILED');
    },
    'link.minted': async (user) => send(user, 'GET', `/exports/${await completed(user)}/download?redirect=false`),
    'file.downloaded': async (user) => send(user, 'GET', `/exports/${await completed(user)}/download`),
    'file.deleted': async (user) => twice(user, 'DELETE', `/exports/${await completed(user)}`),
    'user.erased': (user) => send(officerOf(user), 'DELETE', `/users/${user.userId}/exports`),
    'schedule.created': scheduled,
    'schedule.changed': async (user) => twice(user, 'POST', `/schedules/${await scheduled(user)}/pause`),
    'schedule.deleted': async (user) => twice(user, 'DELETE', `/schedules/${await scheduled(user)}`),
    'schedule.run': async (user) => send(user, 'POST', `/schedules/${await scheduled(user)}/run`),
    'schedule.refused': async (user) => {
      const restore = sendUnknownTimezones();
      await send(user, 'POST', '/schedules', SCHEDULE).finally(restore);
    },
    'saved_export.created': saved,
    'saved_export.changed': async (user) =>
      twice(user, 'PUT', `/saved-exports/${await saved(user)}`, { ...SAVED, shared: true }),
    'saved_export.deleted': async (user) => twice(user, 'DELETE', `/saved-exports/${await saved(user)}`),
    'webhook_secret.rotated': (user) => send(user, 'POST', '/webhooks/secret/rotate'),
  };

  for (const action of AUDIT_ACTIONS) {
    it(`has exactly one event for ${action}, which other tenants don't see`, async () => {
      const user = { ...someUser(), scopes: ['exports:read', 'exports:write', 'exports:admin'] };
      await DO[action](user);
      const events = await eventsOf(service, user, `action=${action}`);
      assert.equal(events.length, 1);
      assert.ok((events[0]?.subject ?? events[0]?.subject_hash) !== null);
      const stranger = officerOf({ ...user, tenantId: randomUUID() });
      for (const filter of ['', `action=${action}`, `subject=${user.userId}`]) {
        assert.deepEqual((await readAudit(service, stranger, filter)).events, []);
      }
    });
  }

  it('has one event for a cancel in Temporal, without an actor', async () => {
    const user = someUser();
    const jobId = await running(user);
    await operateOn(service, 'cancel', jobId);
    await untilEnded(service, user, jobId, 'CANCELLED');
    const [requested, canceled, ...rest] = await eventsOf(service, user);
    assert.deepEqual(rest, []);
    assert.deepEqual([requested?.action, requested?.actor], ['export.requested', user.userId]);
    assert.deepEqual(
      [canceled?.action, canceled?.actor, canceled?.subject, canceled?.job_id, canceled?.request_id],
      ['export.canceled', null, user.userId, jobId, null],
    );
  });

  it('blames no operator for an export that an erasure terminated, or whose workflow is missing', async () => {
    const erased = someUser();
    const terminated = await running(erased);
    // An erasure requests a cancel, and terminates what takes too long.
    await service.deps.jobs.requestCancel(terminated, null);
    await operateOn(service, 'terminate', terminated);
    await untilEnded(service, erased, terminated, 'FAILED');

    const forgotten = someUser();
    const jobId = randomUUID();
    await service.deps.jobs.insert(seedFor(forgotten, { jobId }));
    await service.deps.jobs.markProcessing(jobId);
    await settleExport(service.deps)({ jobId, tenantId: forgotten.tenantId });
    assert.equal((await service.deps.jobs.get(jobId)).error_code, 'TERMINATED');

    for (const user of [erased, forgotten]) {
      assert.deepEqual(
        (await eventsOf(service, user)).map(({ action }) => action),
        ['export.requested'],
      );
    }
  });

  it('says whether a saved export is shared, and which one a run belongs to', async () => {
    const user = someUser();
    const id = await saved(user);
    await twice(user, 'PUT', `/saved-exports/${id}`, { ...SAVED, shared: true });
    const jobId = await idOf(twice(user, 'POST', `/saved-exports/${id}/run`), 'job_id');
    const about = { saved_export_id: id, type: 'orders', format: 'CSV' };
    const [created, changed, run, ...rest] = await eventsOf(service, user);
    assert.deepEqual(rest, []);
    assert.deepEqual([created?.action, created?.details], ['saved_export.created', { ...about, shared: false }]);
    assert.deepEqual([changed?.action, changed?.details], ['saved_export.changed', { ...about, shared: true }]);
    assert.deepEqual([run?.action, run?.job_id, run?.details.saved_export_id], ['export.requested', jobId, id]);
  });

  it("has refused changes to somebody else's saved export", async () => {
    const owner = someUser();
    const other = { ...someUser(), tenantId: owner.tenantId };
    const id = await idOf(send(owner, 'POST', '/saved-exports', { ...SAVED, shared: true }), 'saved_export_id');
    await send(other, 'DELETE', `/saved-exports/${id}`);
    // It is about the owner, and done by somebody else.
    const events = await eventsOf(service, owner);
    assert.deepEqual(
      events.map(({ action, actor, details }) => [action, actor, details.code]),
      [
        ['saved_export.created', owner.userId, undefined],
        ['export.refused', other.userId, 'NOT_OWNER'],
      ],
    );
  });
});
