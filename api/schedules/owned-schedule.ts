import type { UserRef } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import type { StoredSchedule } from '../../shared/schedules/stored-schedule.js';
import type { ApiDeps } from '../deps.js';
import type { Answer } from '../openapi/operation.js';
import { SCHEDULE_EXAMPLE, scheduleSchema, scheduleView } from './schedule-schema.js';

/** Response of routes that return the current schedule. */
export const SCHEDULE_ANSWER = {
  description: 'The schedule',
  schema: scheduleSchema,
  example: SCHEDULE_EXAMPLE,
} as const satisfies Answer;

/** @throws ServiceError NOT_FOUND also for another user's or tenant's schedule */
export async function ownedSchedule(
  scheduleId: string,
  owner: UserRef,
  { schedules }: Pick<ApiDeps, 'schedules'>,
): Promise<StoredSchedule> {
  return requireDone(await schedules.find(owner, scheduleId), scheduleId);
}

/**
 * A response that matches `SCHEDULE_ANSWER`: the schedule as Temporal has it now.
 * @throws ServiceError NOT_FOUND
 */
export async function replyWithSchedule(scheduleId: string, owner: UserRef, deps: Pick<ApiDeps, 'schedules'>) {
  return { status: 200, body: scheduleView(await ownedSchedule(scheduleId, owner, deps)) } as const;
}

/**
 * @param done the store's result: false or null if the schedule doesn't exist
 * @throws ServiceError NOT_FOUND
 */
export function requireDone<T>(done: T | null | false, scheduleId: string): T {
  if (done === null || done === false) throw new ServiceError('NOT_FOUND', `There is no schedule ${scheduleId}.`);
  return done;
}
