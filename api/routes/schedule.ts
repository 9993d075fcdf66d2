import type { RequestHandler } from 'express';
import { principalOf } from '../context.js';
import type { ApiDeps } from '../deps.js';
import { uuidOf } from '../input.js';
import { PERMISSION_PROBLEMS, type Answer, type Described } from '../openapi/operation.js';
import { answerWithSchedule, ownedSchedule, requireDone } from '../schedules/owned-schedule.js';
import { SCHEDULE_EXAMPLE, scheduleSchema } from '../schedules/schedule-schema.js';
import { scheduleReader } from './create-schedule.js';

const SCHEDULE: Answer = { description: 'The schedule', schema: scheduleSchema, example: SCHEDULE_EXAMPLE };

/** `GET /v1/schedules/{schedule_id}` */
export function getSchedule(deps: ApiDeps): RequestHandler {
  return (request, response) => answerWithSchedule(request, response, deps);
}

export const getScheduleOperation: Described = {
  id: 'getSchedule',
  tag: 'Schedules',
  summary: 'Get a schedule with its next and recent runs',
  scope: 'exports:read',
  answers: { 200: SCHEDULE },
};

/** `PUT /v1/schedules/{schedule_id}`: what is running goes on as it was asked for. */
export function replaceSchedule(deps: ApiDeps): RequestHandler {
  const read = scheduleReader(deps);
  return async (request, response) => {
    const { input } = await ownedSchedule(request, deps);
    const { email } = principalOf(request);
    const { definition } = await read(request);
    const replaced = { ...input, ...(email === undefined ? {} : { email }), definition };
    requireDone(await deps.schedules.replace(replaced), request);
    await answerWithSchedule(request, response, deps);
  };
}

export const replaceScheduleOperation: Described = {
  id: 'replaceSchedule',
  tag: 'Schedules',
  summary: 'Replace a schedule',
  description:
    'Takes a full body, like `POST /v1/schedules`. An active run continues unchanged, and a paused schedule stays paused.',
  scope: 'exports:write',
  takes: 'ScheduleRequest',
  answers: { 200: SCHEDULE },
  problems: PERMISSION_PROBLEMS,
};

/** `DELETE /v1/schedules/{schedule_id}`: a run that is active goes on. */
export function deleteSchedule({ schedules }: ApiDeps): RequestHandler {
  return async (request, response) => {
    const scheduleId = uuidOf(request, 'schedule_id');
    requireDone(await schedules.delete(principalOf(request), scheduleId), request);
    response.status(204).end();
  };
}

export const deleteScheduleOperation: Described = {
  id: 'deleteSchedule',
  tag: 'Schedules',
  summary: 'Delete a schedule',
  description: 'An active run continues; cancel its export to stop it.',
  scope: 'exports:write',
  answers: { 204: { description: 'The schedule is deleted' } },
};

/** `POST /v1/schedules/{schedule_id}/pause` and `/unpause`; both may be repeated. */
export const pauseSchedule =
  (to: 'pause' | 'unpause') =>
  (deps: ApiDeps): RequestHandler =>
  async (request, response) => {
    requireDone(await deps.schedules[to](principalOf(request), uuidOf(request, 'schedule_id')), request);
    await answerWithSchedule(request, response, deps);
  };

export const pauseScheduleOperation: Described = {
  id: 'pauseSchedule',
  tag: 'Schedules',
  summary: 'Pause a schedule',
  description: 'Runs that come due while it is paused are skipped. An active run continues.',
  scope: 'exports:write',
  answers: { 200: SCHEDULE },
};

export const unpauseScheduleOperation: Described = {
  id: 'unpauseSchedule',
  tag: 'Schedules',
  summary: 'Resume a schedule',
  scope: 'exports:write',
  answers: { 200: SCHEDULE },
};
