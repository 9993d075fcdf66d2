import type { Request, RequestHandler } from 'express';
import { createHash } from 'node:crypto';
import type { UserRef } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import type { Reservation } from '../../shared/job/places.js';
import type { StoredSchedule } from '../../shared/schedules/store.js';
import { createRequestSchema } from '../../shared/request/request.js';
import type { ScheduledExportInput } from '../../shared/schedules/contract.js';
import { principalOf } from '../context.js';
import type { ApiDeps } from '../deps.js';
import { idFor, idempotencyKeyOf } from '../input.js';
import { PERMISSION_PROBLEMS, type Described } from '../openapi/operation.js';
import { parseSchedule, type ParsedSchedule } from '../schedules/parse-schedule.js';
import { SCHEDULE_EXAMPLE, scheduleSchema, scheduleView } from '../schedules/schedule-schema.js';

/** Never to be changed: a key would mean another schedule from then on. */
const KEY_NAMESPACE = '9c1d7f64-2e0b-4a43-8f0e-6b7a5d3c2f18';

interface ReadSchedule {
  readonly definition: ParsedSchedule['definition'];
  /** Of the definition as it was sent: how the database spells its timezone may change between two tries. */
  readonly requestHash: string;
}

/** Checks the body of a schedule, and asks whether its user may export that. */
export function scheduleReader(deps: ApiDeps): (request: Request) => Promise<ReadSchedule> {
  const { registry, settings } = deps;
  const schema = createRequestSchema(registry, settings.webhookRule);
  const { minScheduleSeconds: minSeconds } = settings;
  return async (request) => {
    const principal = principalOf(request);
    const recipients = { email: principal.email, recipientRule: settings.recipientRule };
    const { definition, type } = parseSchedule(request.body, { schema, registry, minSeconds, recipients });
    await deps.permissions.require(type, principal);
    const requestHash = createHash('sha256').update(JSON.stringify(definition)).digest('hex');
    return { definition: await deps.timeZones.ofSchedule(definition), requestHash };
  };
}

/**
 * The caller holds a reservation: each of several concurrent requests counts the ones before it.
 * @throws ServiceError TOO_MANY_SCHEDULES
 */
async function requireRoom(
  owner: UserRef,
  scheduleId: string,
  { earlier }: Reservation,
  { schedules, settings }: ApiDeps,
): Promise<void> {
  const { maxSchedules } = settings;
  // List after reserving: a schedule whose reservation has ended is then in the list.
  const listed = (await schedules.list(owner)).map((schedule) => schedule.scheduleId);
  const others = new Set([...listed, ...earlier].filter((id) => id !== scheduleId));
  if (others.size < maxSchedules) return;
  throw new ServiceError(
    'TOO_MANY_SCHEDULES',
    `You already have ${maxSchedules} schedules (the limit). Delete one first.`,
  );
}

/**
 * Creates the schedule if its user may have one more. Its reservation then counts, and shows it in lists, until Temporal
 * lists it.
 */
async function create(
  input: ScheduledExportInput,
  memo: { readonly createdAt: string; readonly requestHash: string },
  deps: ApiDeps,
): Promise<void> {
  const { places, schedules, logger } = deps;
  const reservation = await places.reserveSchedule(input, input.scheduleId);
  let mayExist = false;
  try {
    await requireRoom(input, input.scheduleId, reservation, deps);
    mayExist = true;
    await schedules.create(input, memo);
  } catch (error) {
    if (!mayExist || isRefusal(error)) {
      await places.freeSchedule(reservation).catch((cause: unknown) => {
        logger.warn({ err: cause }, 'a schedule reservation could not be removed: it ends with its lease');
      });
    }
    throw error;
  }
}

/** Whether Temporal has refused the schedule. Without an answer, it may have created it. */
const isRefusal = (error: unknown): boolean => error instanceof ServiceError && error.code === 'VALIDATION_FAILED';

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
    const { definition, requestHash } = await read(request);
    const scheduleId = idFor(owner, key, KEY_NAMESPACE);
    let made = key === null ? null : await schedules.find(owner, scheduleId);
    if (made === null) {
      const input = { ...owner, scheduleId, ...(email === undefined ? {} : { email }), definition };
      await create(input, { createdAt: new Date().toISOString(), requestHash }, deps);
      made = await schedules.find(owner, scheduleId);
    }
    if (made === null) throw new ServiceError('NOT_FOUND', `Schedule ${scheduleId} has been deleted meanwhile.`);
    const schedule = sameRequest(made, requestHash);
    response.status(201).location(`/v1/schedules/${scheduleId}`).json(scheduleView(schedule));
  };
}

export const createScheduleOperation: Described = {
  id: 'createSchedule',
  tag: 'Schedules',
  summary: 'Create a schedule',
  description:
    'The request is validated like `POST /v1/exports`, now and at every run. If you have no free slot when a run is due, its export waits for one.',
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
  problems: [
    ...PERMISSION_PROBLEMS,
    'NOT_FOUND',
    'TOO_MANY_SCHEDULES',
    'IDEMPOTENCY_KEY_REUSED',
    'JOB_STORE_UNAVAILABLE',
  ],
};
