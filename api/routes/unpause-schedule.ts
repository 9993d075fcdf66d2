import { defineRoute } from '../http/define-route.js';
import { scheduleParams } from '../http/input.js';
import { SCHEDULE_ANSWER, ownedSchedule, replyWithSchedule, requireScopeOfRuns } from '../schedules/owned-schedule.js';
import { setPaused } from '../schedules/set-paused.js';

export const unpauseSchedule = defineRoute({
  method: 'post',
  path: '/v1/schedules/:schedule_id/unpause',
  id: 'unpauseSchedule',
  tag: 'Schedules',
  summary: 'Resume a schedule',
  description: 'Safe to repeat.',
  scope: 'exports:write',
  params: scheduleParams,
  answers: { 200: SCHEDULE_ANSWER },
  handle:
    (deps) =>
    async ({ params: { schedule_id: scheduleId }, principal, request }) => {
      const schedule = await ownedSchedule(scheduleId, principal, deps);
      requireScopeOfRuns(schedule.input.definition, principal);
      await setPaused('unpause', schedule, { principal, request }, deps);
      return replyWithSchedule(scheduleId, principal, deps);
    },
});
