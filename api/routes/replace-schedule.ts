import { isDeepStrictEqual } from 'node:util';
import { ownerFor } from '../exports/owner-for.js';
import { defineRoute } from '../http/define-route.js';
import { scheduleParams } from '../http/input.js';
import { PERMISSION_PROBLEMS } from '../openapi/operation.js';
import { auditSchedule } from '../schedules/audit-schedule.js';
import { SCHEDULE_ANSWER, ownedSchedule, replyWithSchedule, requireDone } from '../schedules/owned-schedule.js';
import { scheduleBody } from '../schedules/schedule-body.js';

export const replaceSchedule = defineRoute({
  method: 'put',
  path: '/v1/schedules/:schedule_id',
  id: 'replaceSchedule',
  tag: 'Schedules',
  summary: 'Replace a schedule',
  description:
    'Takes a full body, like `POST /v1/schedules`. An active run continues unchanged, and a paused schedule stays paused.',
  scope: 'exports:write',
  params: scheduleParams,
  body: scheduleBody,
  answers: { 200: SCHEDULE_ANSWER },
  problems: PERMISSION_PROBLEMS,
  handle:
    (deps) =>
    async ({ params: { schedule_id: scheduleId }, body, principal, request }) => {
      const { input, changedAt } = await ownedSchedule(scheduleId, principal, deps);
      await deps.permissions.request(body.request, ownerFor(body.onBehalfOf, principal, '/request'), '/request');
      const { email } = principal;
      const replaced = { ...input, ...(email === undefined ? {} : { email }), definition: body.definition };
      const { definition, requestHash } = body;
      if (!isDeepStrictEqual(definition, input.definition)) {
        const once = `${changedAt.toISOString()} ${requestHash}`;
        await auditSchedule('schedule.changed', principal, { scheduleId, definition, request, once }, deps);
      }
      requireDone(await deps.schedules.replace(replaced), scheduleId);
      return replyWithSchedule(scheduleId, principal, deps);
    },
});
