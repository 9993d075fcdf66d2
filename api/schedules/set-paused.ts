import type { Request } from 'express';
import type { StoredSchedule } from '../../shared/schedules/stored-schedule.js';
import type { ApiDeps, Principal } from '../deps.js';
import { auditedChange } from './audit-schedule.js';
import { requireDone } from './owned-schedule.js';

/**
 * Pauses or resumes a schedule, with an event. Does nothing if it already is paused, or not.
 * @throws ServiceError NOT_FOUND
 */
export async function setPaused(
  verb: 'pause' | 'unpause',
  { input, paused, version }: StoredSchedule,
  { principal, request }: { readonly principal: Principal; readonly request: Request },
  deps: ApiDeps,
): Promise<void> {
  const { scheduleId, definition } = input;
  const wanted = verb === 'pause';
  if (paused === wanted) return;
  const about = { scheduleId, definition, version, request, content: verb, details: { paused: wanted } };
  await auditedChange('schedule.changed', principal, about, deps, async () =>
    requireDone(await deps.schedules[verb](principal, scheduleId), scheduleId),
  );
}
