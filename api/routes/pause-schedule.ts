import { defineRoute } from '../http/define-route.js';
import { scheduleParams } from '../http/input.js';
import { SCHEDULE_ANSWER, ownedSchedule, replyWithSchedule } from '../schedules/owned-schedule.js';
import { setPaused } from '../schedules/set-paused.js';

export const pauseSchedule = defineRoute({
  method: 'post',
  path: '/v1/schedules/:schedule_id/pause',
  id: 'pauseSchedule',
  tag: 'Schedules',
  summary: 'Pause a schedule',
  description: 'Runs that come due while it is paused are skipped. An active run continues. Safe to repeat.',
  scope: 'exports:write',
  params: scheduleParams,
  answers: { 200: SCHEDULE_ANSWER },
  handle:
    (deps) =>
    async ({ params: { schedule_id: scheduleId }, principal, request }) => {
      const schedule = await ownedSchedule(scheduleId, principal, deps);
      await setPaused('pause', schedule, { principal, request }, deps);
      return replyWithSchedule(scheduleId, principal, deps);
    },
});
