import { defineRoute } from '../http/define-route.js';
import { scheduleParams } from '../http/input.js';
import { auditedChange } from '../schedules/audit-schedule.js';
import {
  SCHEDULE_ANSWER,
  ownedSchedule,
  replyWithSchedule,
  requireDone,
  requireScopeOfRuns,
} from '../schedules/owned-schedule.js';

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
      const { input, paused, version } = await ownedSchedule(scheduleId, principal, deps);
      requireScopeOfRuns(input.definition, principal);
      if (paused) {
        const change = { content: 'unpause', details: { paused: false } };
        const about = { scheduleId, definition: input.definition, version, request, ...change };
        await auditedChange('schedule.changed', principal, about, deps, async () =>
          requireDone(await deps.schedules.unpause(principal, scheduleId), scheduleId),
        );
      }
      return replyWithSchedule(scheduleId, principal, deps);
    },
});
