import { defineRoute } from '../http/define-route.js';
import { scheduleParams } from '../http/input.js';
import { auditedChange } from '../schedules/audit-schedule.js';
import { SCHEDULE_ANSWER, ownedSchedule, replyWithSchedule, requireDone } from '../schedules/owned-schedule.js';

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
      const { input, paused, version } = await ownedSchedule(scheduleId, principal, deps);
      if (!paused) {
        const change = { content: 'pause', details: { paused: true } };
        const about = { scheduleId, definition: input.definition, version, request, ...change };
        await auditedChange('schedule.changed', principal, about, deps, async () =>
          requireDone(await deps.schedules.pause(principal, scheduleId), scheduleId),
        );
      }
      return replyWithSchedule(scheduleId, principal, deps);
    },
});
