import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Principal } from '../../api/deps.js';
import { temporalScheduleId } from '../../shared/schedules/contract.js';
import { assertProblem } from '../api/problems.js';
import { queryRows } from '../support/database.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { eventsOf } from './events.js';
import { sendUnknownTimezones } from './unknown-timezones.js';

const schedule = { name: 'Nightly', cron: '0 3 * * *', request: { type: 'orders', format: 'csv' } };

describe('the audit log of schedules', function () {
  this.timeout(60_000);
  let service: TestService;

  before(async () => {
    service = await startService({ orders: 300 });
    await queryRows(
      service.databaseUrl,
      `CREATE FUNCTION age_events(schedule uuid) RETURNS void LANGUAGE sql SET export.audit_upkeep = 'on' AS
         $$ UPDATE audit_events SET occurred_at = occurred_at - interval '2 minutes' WHERE schedule_id = schedule $$`,
    );
  });
  after(() => service.close());

  const send = (user: Principal, method: string, path: string, body?: unknown, headers = {}) =>
    service.ask(method, `/v1/schedules${path}`, { as: user, headers, ...(body === undefined ? {} : { body }) });

  async function created(user: Principal): Promise<string> {
    const { json, status, text } = await send(user, 'POST', '', schedule);
    assert.equal(status, 201, text);
    return (json as { schedule_id: string }).schedule_id;
  }

  it('has each pause and each resumption', async () => {
    const user = someUser();
    const id = await created(user);
    for (const verb of ['pause', 'unpause', 'pause', 'unpause', 'pause', 'pause']) {
      assert.equal((await send(user, 'POST', `/${id}/${verb}`)).status, 200);
    }
    const events = await eventsOf(service, user, 'action=schedule.changed');
    assert.deepEqual(
      events.map(({ details }) => details.paused),
      [true, false, true, false, true],
    );
  });

  it('has each replacement, even by an earlier definition', async () => {
    const user = someUser();
    const id = await created(user);
    for (const cron of ['0 4 * * *', '0 5 * * *', '0 4 * * *', '0 4 * * *', '0 5 * * *']) {
      assert.equal((await send(user, 'PUT', `/${id}`, { ...schedule, cron })).status, 200);
    }
    assert.equal((await eventsOf(service, user, 'action=schedule.changed')).length, 4);
  });

  it('has a change that repeats one which an operator has just undone', async () => {
    const user = someUser();
    const id = await created(user);
    const inTemporal = service.deps.temporal.client.schedule.getHandle(temporalScheduleId(user, id));
    for (let n = 0; n < 3; n++) {
      assert.equal((await send(user, 'POST', `/${id}/pause`)).status, 200);
      await inTemporal.unpause('by an operator');
    }
    assert.equal((await eventsOf(service, user, 'action=schedule.changed')).length, 3);
  });

  it('has one event for requests that arrive together', async () => {
    const user = someUser();
    const id = await created(user);
    const answers = await Promise.all([1, 2, 3].map(() => send(user, 'POST', `/${id}/pause`)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.equal((await eventsOf(service, user, 'action=schedule.changed')).length, 1);
  });

  it('has a deletion, even if an earlier one was recorded but never carried out', async () => {
    const user = someUser();
    const id = await created(user);
    const abandoned = {
      action: 'schedule.deleted',
      ...{ tenantId: user.tenantId, subject: user.userId, scheduleId: id, details: {} },
      origin: { actor: user.userId, requestId: null, address: null },
    } as const;
    await service.deps.audit.recordOfSchedule(abandoned, '');
    await queryRows(service.databaseUrl, 'SELECT age_events($1)', [id]);
    assert.equal((await send(user, 'DELETE', `/${id}`)).status, 204);
    assert.equal((await eventsOf(service, user, 'action=schedule.deleted')).length, 2);
  });

  it('says so if Temporal refuses a schedule or its replacement', async () => {
    const user = someUser();
    const id = await created(user);
    const headers = { 'Idempotency-Key': randomUUID() };
    const restore = sendUnknownTimezones();
    try {
      for (let n = 0; n < 2; n++) {
        assertProblem(await send(user, 'POST', '', schedule, headers), 'VALIDATION_FAILED', ['/timezone']);
      }
      const replacement = { ...schedule, cron: '0 4 * * *' };
      assertProblem(await send(user, 'PUT', `/${id}`, replacement), 'VALIDATION_FAILED', ['/timezone']);
    } finally {
      restore();
    }
    const events = await eventsOf(service, user);
    const refused = (change: string) => ['schedule.refused', change, 'VALIDATION_FAILED'];
    const made = (action: string) => [action, undefined, undefined];
    assert.deepEqual(
      events.map(({ action, details }) => [action, details.change, details.code]),
      [
        made('schedule.created'),
        ...[made('schedule.created'), refused('schedule.created')],
        ...[made('schedule.created'), refused('schedule.created')],
        ...[made('schedule.changed'), refused('schedule.changed')],
      ],
    );
  });
});
