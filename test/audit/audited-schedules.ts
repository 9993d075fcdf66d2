import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { until } from '../support/exports.js';
import { someUser, type TestService } from '../support/service.js';
import { eventsOf } from './events.js';

const schedule = { name: 'Nightly', cron: '0 3 * * *', request: { type: 'orders', format: 'csv' } };

/** Events of schedules and of the exports that they start. */
export function auditedSchedules(started: () => TestService): void {
  it('has one event for each change to a schedule, and the exports that it started', async () => {
    const service = started();
    const user = someUser();
    const headers = { 'Idempotency-Key': randomUUID() };
    const send = (method: string, path: string, body?: unknown) =>
      service.ask(method, `/v1/schedules${path}`, { as: user, headers, ...(body === undefined ? {} : { body }) });
    const made = await send('POST', '', schedule);
    assert.equal(made.status, 201, made.text);
    await send('POST', '', schedule);
    const { schedule_id: id } = made.json as { schedule_id: string };
    for (let n = 0; n < 2; n++) await send('POST', `/${id}/pause`);
    for (let n = 0; n < 2; n++) await send('PUT', `/${id}`, { ...schedule, cron: '0 4 * * *' });
    const run = await send('POST', `/${id}/run`);
    const { job_id: jobId } = run.json as { job_id: string };
    await until('its export', async () => (await service.deps.jobs.find(jobId)) !== null);
    for (let n = 0; n < 2; n++) await send('DELETE', `/${id}`);
    // The key creates it again.
    await send('POST', '', schedule);
    await send('DELETE', `/${id}`);

    const events = await eventsOf(service, user);
    assert.deepEqual(
      events.map(({ action }) => action),
      [
        ...['schedule.created', 'schedule.changed', 'schedule.changed', 'schedule.run', 'export.requested'],
        ...['schedule.deleted', 'schedule.created', 'schedule.deleted'],
      ],
    );
    assert.ok(events.every(({ schedule_id: of }) => of === id));
    assert.deepEqual(events[1]?.details, { type: 'orders', format: 'CSV', paused: true });
    // The event says who ran it. Its export looks like that of any other run.
    const [, , , byHand, exported] = events;
    assert.deepEqual([byHand?.actor, byHand?.request_id], [user.userId, run.headers.get('x-request-id')]);
    assert.match(byHand?.address ?? '', /127\.0\.0\.1$/);
    assert.deepEqual([exported?.actor, exported?.request_id, exported?.address], [user.userId, null, null]);
  });
}
