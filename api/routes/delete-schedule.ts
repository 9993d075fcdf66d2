import { defineRoute } from '../http/define-route.js';
import { scheduleParams } from '../http/input.js';
import { auditedChange } from '../schedules/audit-schedule.js';
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
      const { input, version } = await ownedSchedule(scheduleId, principal, deps);
      const about = { scheduleId, definition: input.definition, version, request, content: '' };
      const wasThere = await auditedChange('schedule.deleted', principal, about, deps, () =>
        deps.schedules.delete(principal, scheduleId),
      );
      // Not a refusal: a concurrent request has just deleted it.
      requireDone(wasThere, scheduleId);
      return { status: 204 };
    },
});
