import { isDeepStrictEqual } from 'node:util';
import { partiesOfRuns, type ScheduledExportInput } from '../../shared/schedules/contract.js';
import type { ApiDeps } from '../deps.js';
import { ownerFor } from '../exports/owner-for.js';
import { defineRoute } from '../http/define-route.js';
import { scheduleParams } from '../http/input.js';
import { PERMISSION_PROBLEMS } from '../openapi/operation.js';
import { auditedChange } from '../schedules/audit-schedule.js';
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
  findTarget:
    (deps) =>
    ({ params, principal }) =>
      ownedSchedule(params.schedule_id, principal, deps),
  handle:
    (deps) =>
    async ({ params: { schedule_id: scheduleId }, body, target: { input, version }, principal, request }) => {
      await deps.permissions.request(body.request, ownerFor(body.onBehalfOf, principal, '/request'), '/request');
      const { email } = principal;
      const replaced = { ...input, ...(email === undefined ? {} : { email }), definition: body.definition };
      const { definition, requestHash } = body;
      const replace = async () => requireDone(await replaceUnlessErased(replaced, deps), scheduleId);
      const about = { scheduleId, definition, version, request, content: requestHash };
      // The definition may be unchanged while the user's address is new.
      if (isDeepStrictEqual(definition, input.definition)) await replace();
      else await auditedChange('schedule.changed', principal, about, deps, replace);
      return replyWithSchedule(scheduleId, principal, deps);
    },
});

/**
 * Temporal takes a moment to list a schedule under the user whose exports it makes. Until then, an erasure of that user
 * finds it by the reservation.
 * @returns false if there is no such schedule (any more)
 */
async function replaceUnlessErased(
  input: ScheduledExportInput,
  { places, schedules }: Pick<ApiDeps, 'places' | 'schedules'>,
): Promise<boolean> {
  const parties = partiesOfRuns(input);
  if (parties.requestedBy === undefined) return schedules.replace(input);
  const reservation = await places.reserveSchedule(parties, input.scheduleId);
  if (!(await schedules.replace(input))) return false;
  if (await places.isReserved(reservation)) return true;
  await schedules.delete(input, input.scheduleId);
  return false;
}
