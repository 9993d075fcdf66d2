import type { RequestHandler } from 'express';
import { z } from 'zod';
import { ServiceError } from '../../shared/errors.js';
import { contextOf, principalOf } from '../context.js';
import type { ApiDeps } from '../deps.js';
import { uuidOf } from '../input.js';
import type { Described } from '../openapi/operation.js';
import { requireDone } from '../schedules/owned-schedule.js';

const runSchema = z.strictObject({
  job_id: z
    .guid()
    .nullable()
    .describe('Null if the run has not started, for example because the previous one is still active'),
});

/** `POST /v1/schedules/{schedule_id}/run`: now, as if it were due; also while it is paused. */
export function runSchedule({ schedules }: ApiDeps): RequestHandler {
  return async (request, response) => {
    const scheduleId = uuidOf(request, 'schedule_id');
    const { run, skipped } = requireDone(await schedules.trigger(principalOf(request), scheduleId), request);
    if (skipped) {
      throw new ServiceError('STILL_ACTIVE', `A run of schedule ${scheduleId} is still active, and it skips others.`);
    }
    const jobId = run?.jobId ?? null;
    if (jobId !== null) contextOf(request).jobId = jobId;
    response.status(202).json({ job_id: jobId } satisfies z.infer<typeof runSchema>);
  };
}

export const runScheduleOperation: Described = {
  id: 'runSchedule',
  tag: 'Schedules',
  summary: 'Run a schedule now',
  description:
    'As if it were due, by its overlap policy; also while it is paused. Asked for twice within a second, it is one export.',
  scope: 'exports:write',
  answers: {
    202: {
      description: 'The run is starting; its export appears within a second or two',
      schema: runSchema,
      example: { job_id: '5f1c3a1a-7a52-5cc0-9d9c-3d1b2a4f5e60' },
    },
  },
  problems: ['STILL_ACTIVE'],
};
