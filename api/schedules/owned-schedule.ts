import type { UserRef } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import type { ScheduleDefinition } from '../../shared/schedules/contract.js';
import type { StoredSchedule } from '../../shared/schedules/stored-schedule.js';
import type { ApiDeps, Principal } from '../deps.js';
import { ownerFor } from '../exports/owner-for.js';
import type { PromisedAnswer } from '../openapi/operation.js';
import { SCHEDULE_EXAMPLE, scheduleSchema, scheduleView } from './schedule-schema.js';

/** Response of routes that return the current schedule. */
export const SCHEDULE_ANSWER = {
  description: 'The schedule',
  schema: scheduleSchema,
  example: SCHEDULE_EXAMPLE,
} as const satisfies PromisedAnswer;

/** @throws ServiceError NOT_FOUND also for another user's or tenant's schedule */
export async function ownedSchedule(
  scheduleId: string,
  owner: UserRef,
  { schedules }: Pick<ApiDeps, 'schedules'>,
): Promise<StoredSchedule> {
  return requireDone(await schedules.find(owner, scheduleId), scheduleId);
}

/**
 * An administrator may have lost the scope since the schedule was created. A saved export's user is in the definition,
 * too: runs fail if the saved export names another one by then.
 * @throws ServiceError FORBIDDEN without the scope for the user whom its exports are made for
 */
export function requireScopeOfRuns({ request }: ScheduleDefinition, principal: Principal): void {
  const { on_behalf_of: user } = request;
  ownerFor(typeof user === 'string' ? user : undefined, principal, '/request');
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
