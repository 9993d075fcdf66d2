import type { Request, Response } from 'express';
import { ServiceError } from '../../shared/errors.js';
import type { StoredSchedule } from '../../shared/schedules/store.js';
import { principalOf } from '../context.js';
import type { ApiDeps } from '../deps.js';
import { uuidOf } from '../input.js';
import { scheduleView } from './schedule-schema.js';

const noSuch = (scheduleId: string): ServiceError =>
  new ServiceError('NOT_FOUND', `There is no schedule ${scheduleId}.`);

/**
 * The caller's schedule that the path names.
 * @throws ServiceError NOT_FOUND also for the schedule of another user or tenant
 */
export async function ownedSchedule(
  request: Request,
  { schedules }: Pick<ApiDeps, 'schedules'>,
): Promise<StoredSchedule> {
  const scheduleId = uuidOf(request, 'schedule_id');
  const schedule = await schedules.find(principalOf(request), scheduleId);
  if (schedule === null) throw noSuch(scheduleId);
  return schedule;
}

/**
 * What a change has come to.
 * @param done the store's answer: false or null when there is no such schedule
 */
export function requireDone<T>(done: T | null | false, request: Request): T {
  if (done === null || done === false) throw noSuch(uuidOf(request, 'schedule_id'));
  return done;
}

/** Answers with the schedule as it is by now. */
export async function answerWithSchedule(request: Request, response: Response, deps: ApiDeps): Promise<void> {
  response.json(scheduleView(await ownedSchedule(request, deps)));
}
