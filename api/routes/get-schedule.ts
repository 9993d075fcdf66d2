import { defineRoute } from '../http/define-route.js';
import { scheduleParams } from '../http/input.js';
import { SCHEDULE_ANSWER, replyWithSchedule } from '../schedules/owned-schedule.js';

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
    ({ params, principal }) =>
      replyWithSchedule(params.schedule_id, principal, deps),
});
