import type { Request, RequestHandler } from 'express';
import { createHash } from 'node:crypto';
import type { UserRef } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import type { StoredSchedule } from '../../shared/infrastructure/schedule-store.js';
import { createRequestSchema } from '../../shared/request.js';
import { askPermission } from '../ask-source.js';
import { principalOf } from '../context.js';
import type { ApiDeps } from '../deps.js';
import { idFor, idempotencyKeyOf } from '../input.js';
import { PERMISSION_PROBLEMS, type Operation } from '../openapi/operation.js';
import { parseSchedule, type ParsedSchedule } from '../schedules/parse-schedule.js';
import { SCHEDULE_EXAMPLE, scheduleSchema, scheduleView } from '../schedules/schedule-schema.js';

/** Never to be changed: a key would mean another schedule from then on. */
const KEY_NAMESPACE = '9c1d7f64-2e0b-4a43-8f0e-6b7a5d3c2f18';

/** Checks the body of a schedule, and asks whether its user may export that. */
export function scheduleReader(deps: ApiDeps): (request: Request) => Promise<ParsedSchedule['definition']> {
  const { registry, settings } = deps;
  const schema = createRequestSchema(registry, settings.webhookRule);
  const { minScheduleSeconds: minSeconds } = settings;
  return async (request) => {
    const { definition, type } = parseSchedule(request.body, { schema, registry, minSeconds });
    await askPermission(deps, type, principalOf(request));
    return definition;
  };
}

/** @throws ServiceError TOO_MANY_SCHEDULES. Two requests at the same moment may both find room for the last one. */
async function requireRoom(owner: UserRef, { schedules, settings }: ApiDeps): Promise<void> {
  const { maxSchedules } = settings;
  if ((await schedules.list(owner)).length < maxSchedules) return;
  throw new ServiceError('TOO_MANY_SCHEDULES', `A user may have ${maxSchedules} schedules: delete one first.`);
}

/** @throws ServiceError IDEMPOTENCY_KEY_REUSED when the schedule was made by a different request */
function sameRequest(known: StoredSchedule, requestHash: string): StoredSchedule {
  if (known.requestHash === requestHash) return known;
  const { scheduleId } = known.input;
  const sentence = `This Idempotency-Key was used for another request, which made the schedule ${scheduleId}.`;
  throw new ServiceError('IDEMPOTENCY_KEY_REUSED', sentence, { schedule_id: scheduleId });
}

/** `POST /v1/schedules` */
export function createSchedule(deps: ApiDeps): RequestHandler {
  const { schedules } = deps;
  const read = scheduleReader(deps);
  return async (request, response) => {
    const { tenantId, userId, email } = principalOf(request);
    const owner = { tenantId, userId };
    const key = idempotencyKeyOf(request);
    const definition = await read(request);
    const requestHash = createHash('sha256').update(JSON.stringify(definition)).digest('hex');
    const scheduleId = idFor(owner, key, KEY_NAMESPACE);
    let made = key === null ? null : await schedules.find(owner, scheduleId);
    if (made === null) {
      await requireRoom(owner, deps);
      const input = { ...owner, scheduleId, ...(email === undefined ? {} : { email }), definition };
      await schedules.create(input, { createdAt: new Date().toISOString(), requestHash });
      made = await schedules.find(owner, scheduleId);
    }
    if (made === null) throw new ServiceError('NOT_FOUND', `Schedule ${scheduleId} has been deleted meanwhile.`);
    const schedule = sameRequest(made, requestHash);
    response.status(201).location(`/v1/schedules/${scheduleId}`).json(scheduleView(schedule));
  };
}

export const createScheduleOperation: Operation = {
  id: 'createSchedule',
  tag: 'Schedules',
  summary: 'Make an export come again and again',
  description:
    'The request is checked as `POST /v1/exports` checks it, now and at every run. An export that a schedule starts waits for a slot instead of being refused.',
  scope: 'exports:write',
  headers: ['Idempotency-Key'],
  takes: 'ScheduleRequest',
  answers: {
    201: {
      description: 'The schedule',
      headers: ['Location'],
      schema: scheduleSchema,
      example: SCHEDULE_EXAMPLE,
      leadsTo: { schedule_id: ['getSchedule', 'replaceSchedule', 'runSchedule', 'pauseSchedule', 'deleteSchedule'] },
    },
  },
  problems: [...PERMISSION_PROBLEMS, 'NOT_FOUND', 'TOO_MANY_SCHEDULES', 'IDEMPOTENCY_KEY_REUSED'],
};
