import type { UserRef } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import type { StoredSchedule } from '../../shared/schedules/store.js';
import type { ApiDeps } from '../deps.js';
import type { Answer } from '../openapi/operation.js';
import { SCHEDULE_EXAMPLE, scheduleSchema } from './schedule-schema.js';

/** The response of routes that return the schedule as it is now. */
export const SCHEDULE_ANSWER = {
  description: 'The schedule',
  schema: scheduleSchema,
  example: SCHEDULE_EXAMPLE,
} as const satisfies Answer;

/** @throws ServiceError NOT_FOUND also for the schedule of another user or tenant */
export async function ownedSchedule(
  scheduleId: string,
  owner: UserRef,
  { schedules }: Pick<ApiDeps, 'schedules'>,
): Promise<StoredSchedule> {
  return requireDone(await schedules.find(owner, scheduleId), scheduleId);
}

/**
 * @param done what the store returned: false or null when there is no such schedule
 * @throws ServiceError NOT_FOUND
 */
export function requireDone<T>(done: T | null | false, scheduleId: string): T {
  if (done === null || done === false) throw new ServiceError('NOT_FOUND', `There is no schedule ${scheduleId}.`);
  return done;
}
