import type { UserRef } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import type { Reservation } from '../../shared/job/places.js';
import { partiesOfRuns, type ScheduledExportInput } from '../../shared/schedules/contract.js';
import type { StoredSchedule } from '../../shared/schedules/stored-schedule.js';
import { ownerFor } from '../exports/owner-for.js';
import { defineRoute } from '../http/define-route.js';
import type { ApiDeps } from '../deps.js';
import { idFor, keyReused } from '../http/input.js';
import { PERMISSION_PROBLEMS } from '../openapi/operation.js';
import { scheduleBody } from '../schedules/schedule-body.js';
import { auditedChange } from '../schedules/audit-schedule.js';
import { SCHEDULE_EXAMPLE, scheduleSchema, scheduleView } from '../schedules/schedule-schema.js';

/** Must never change: the same idempotency key would create another schedule. */
const KEY_NAMESPACE = '9c1d7f64-2e0b-4a43-8f0e-6b7a5d3c2f18';

export const createSchedule = defineRoute({
  method: 'post',
  path: '/v1/schedules',
  id: 'createSchedule',
  tag: 'Schedules',
  summary: 'Create a schedule',
  description:
    'The request is validated like `POST /v1/exports`, now and at every run. If you have no free slot when a run is due, its export waits for one.',
  scope: 'exports:write',
  headers: ['Idempotency-Key'],
  body: scheduleBody,
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
  handle:
    (deps) =>
    async ({ body, principal, idempotencyKey, request }) => {
      const { definition, requestHash, onBehalfOf } = body;
      const { tenantId, userId, email } = principal;
      const owner = { tenantId, userId };
      await deps.permissions.request(body.request, ownerFor(onBehalfOf, principal, '/request'), '/request');
      const scheduleId = idFor(owner, idempotencyKey, KEY_NAMESPACE);
      let schedule = idempotencyKey === null ? null : await deps.schedules.find(owner, scheduleId);
      if (schedule === null) {
        // Before the reservation, so that an erasure that begins now marks it again.
        if (idempotencyKey !== null) await deps.erasedIds.allow(scheduleId);
        const input = { ...owner, scheduleId, ...(email === undefined ? {} : { email }), definition };
        const about = { scheduleId, definition, request, content: requestHash };
        const audited: Audited = (make) => auditedChange('schedule.created', owner, about, deps, make);
        schedule = await create(input, { createdAt: new Date().toISOString(), requestHash }, audited, deps);
      }
      if (schedule === null) throw new ServiceError('NOT_FOUND', `Schedule ${scheduleId} has just been deleted.`);
      const view = scheduleView(sameRequest(schedule, requestHash));
      return { status: 201, location: `/v1/schedules/${scheduleId}`, body: view };
    },
});

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
  // List after reserving: a schedule whose reservation has ended is then in the list. Reserved ones are in `earlier`.
  const listed = (await schedules.listed(owner)).map((schedule) => schedule.scheduleId);
  const others = new Set([...listed, ...earlier].filter((id) => id !== scheduleId));
  if (others.size < maxSchedules) return;
  throw new ServiceError(
    'TOO_MANY_SCHEDULES',
    `You already have ${maxSchedules} schedules (the limit). Delete one first.`,
  );
}

type Audited = (make: () => Promise<StoredSchedule | null>) => Promise<StoredSchedule | null>;

/**
 * Creates the schedule if its user may have one more. Its reservation then counts, and shows it in lists, until
 * Temporal lists it.
 * @returns null if it has just been deleted
 */
async function create(
  input: ScheduledExportInput,
  memo: { readonly createdAt: string; readonly requestHash: string },
  audited: Audited,
  deps: ApiDeps,
): Promise<StoredSchedule | null> {
  const { places, schedules, logger } = deps;
  const reservation = await places.reserveSchedule(partiesOfRuns(input), input.scheduleId);
  const attempt = { isMade: false };
  try {
    await requireRoom(input, input.scheduleId, reservation, deps);
    return await audited(async () => {
      attempt.isMade = true;
      await schedules.create(input, memo);
      // One of its users is being erased. The erasure may have looked before the schedule existed.
      if (!(await places.isReserved(reservation))) await schedules.delete(input, input.scheduleId);
      const found = await schedules.find(input, input.scheduleId);
      // A concurrent request with the same key may have created another one.
      return found === null ? null : sameRequest(found, memo.requestHash);
    });
  } catch (error) {
    if (!attempt.isMade || isRefusal(error)) {
      await places.freeSchedule(reservation).catch((cause: unknown) => {
        logger.warn({ err: cause }, 'a schedule reservation could not be removed; it ends with its lease');
      });
    }
    throw error;
  }
}

/** Whether Temporal has refused the schedule. Without an answer, it may have created it. */
const isRefusal = (error: unknown): boolean => error instanceof ServiceError && error.code === 'VALIDATION_FAILED';

/** @throws ServiceError IDEMPOTENCY_KEY_REUSED when a different request created the schedule */
function sameRequest(known: StoredSchedule, requestHash: string): StoredSchedule {
  if (known.requestHash === requestHash) return known;
  const { scheduleId } = known.input;
  throw keyReused('schedule', scheduleId, { schedule_id: scheduleId });
}
