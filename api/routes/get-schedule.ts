import { defineRoute } from '../http/define-route.js';
import { scheduleParams } from '../http/input.js';
import { SCHEDULE_ANSWER, ownedSchedule } from '../schedules/owned-schedule.js';
import { scheduleView } from '../schedules/schedule-schema.js';

export const getSchedule = defineRoute({
  method: 'get',
  path: '/v1/schedules/:schedule_id',
  id: 'getSchedule',
  tag: 'Schedules',
  summary: 'Get a schedule with its next and recent runs',
  scope: 'exports:read',
  params: scheduleParams,
  answers: { 200: SCHEDULE_ANSWER },
  handle:
    (deps) =>
    async ({ params, principal }) => {
      const schedule = await ownedSchedule(params.schedule_id, principal, deps);
      return { status: 200, body: scheduleView(schedule) };
    },
});
