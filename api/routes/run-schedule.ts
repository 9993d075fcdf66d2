import { z } from 'zod';
import type { UserRef } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import type { ApiDeps } from '../deps.js';
import { contextOf } from '../http/context.js';
import { defineRoute } from '../http/define-route.js';
import { scheduleParams } from '../http/input.js';
import { auditedChange } from '../schedules/audit-schedule.js';
import { ownedSchedule, requireDone, requireScopeOfRuns } from '../schedules/owned-schedule.js';

const runSchema = z.strictObject({
  job_id: z
    .guid()
    .nullable()
    .describe('Null if the run has not started, for example because the previous one is still active'),
});

export const runSchedule = defineRoute({
  method: 'post',
  path: '/v1/schedules/:schedule_id/run',
  id: 'runSchedule',
  tag: 'Schedules',
  summary: 'Run a schedule now',
  description:
    'Runs as if it were due, following the overlap policy, even while it is paused. Two requests within a second create one export.',
  scope: 'exports:write',
  params: scheduleParams,
  answers: {
    202: {
      description: 'The run is starting; its export appears within a second or two',
      schema: runSchema,
      example: { job_id: '5f1c3a1a-7a52-5cc0-9d9c-3d1b2a4f5e60' },
    },
  },
  problems: ['STILL_ACTIVE', 'JOB_STORE_UNAVAILABLE'],
  handle:
    (deps) =>
    async ({ params: { schedule_id: scheduleId }, principal, request }) => {
      const { definition } = (await ownedSchedule(scheduleId, principal, deps)).input;
      requireScopeOfRuns(definition, principal);
      const context = contextOf(request);
      // Every request is a run of its own.
      const about = { scheduleId, definition, request, content: context.requestId };
      const jobId = await auditedChange('schedule.run', principal, about, deps, () =>
        trigger(scheduleId, principal, deps),
      );
      if (jobId !== null) context.jobId = jobId;
      return { status: 202, body: { job_id: jobId } };
    },
});

/**
 * @returns the id of the run's export; null if the run waits for the previous one
 * @throws ServiceError NOT_FOUND, or STILL_ACTIVE if the run was skipped
 */
async function trigger(
  scheduleId: string,
  owner: UserRef,
  { schedules }: Pick<ApiDeps, 'schedules'>,
): Promise<string | null> {
  const { run, skipped } = requireDone(await schedules.trigger(owner, scheduleId), scheduleId);
  if (!skipped) return run?.jobId ?? null;
  const sentence = `A run of schedule ${scheduleId} is still active, and its overlap policy is to skip.`;
  throw new ServiceError('STILL_ACTIVE', sentence);
}
