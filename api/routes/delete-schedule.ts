import { defineRoute } from '../http/define-route.js';
import { scheduleParams } from '../http/input.js';
import { auditSchedule } from '../schedules/audit-schedule.js';
import { ownedSchedule, requireDone } from '../schedules/owned-schedule.js';

export const deleteSchedule = defineRoute({
  method: 'delete',
  path: '/v1/schedules/:schedule_id',
  id: 'deleteSchedule',
  tag: 'Schedules',
  summary: 'Delete a schedule',
  description: 'An active run continues; cancel its export to stop it.',
  scope: 'exports:write',
  params: scheduleParams,
  answers: { 204: { description: 'The schedule is deleted' } },
  handle:
    (deps) =>
    async ({ params: { schedule_id: scheduleId }, principal, request }) => {
      const { definition } = (await ownedSchedule(scheduleId, principal, deps)).input;
      // An Idempotency-Key can create it again, so it can be deleted again.
      const once = String(await deps.audit.countOfSchedule(scheduleId, 'schedule.created'));
      await auditSchedule('schedule.deleted', principal, { scheduleId, definition, request, once }, deps);
      requireDone(await deps.schedules.delete(principal, scheduleId), scheduleId);
      return { status: 204 };
    },
});
