import { defineRoute } from '../http/define-route.js';
import { scheduleParams } from '../http/input.js';
import { requireDone } from '../schedules/owned-schedule.js';

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
    ({ schedules }) =>
    async ({ params, principal }) => {
      requireDone(await schedules.delete(principal, params.schedule_id), params.schedule_id);
      return { status: 204 };
    },
});
