import type { RequestHandler } from 'express';
import { z } from 'zod';
import { principalOf } from '../context.js';
import { cursorSchema, writeCursor } from '../cursor.js';
import type { ApiDeps } from '../deps.js';
import { limitSchema, parseQuery } from '../input.js';
import type { Described } from '../openapi/operation.js';
import { LISTED_SCHEDULE_EXAMPLE, listedSchedule, scheduleSchema } from '../schedules/schedule-schema.js';

const querySchema = z.strictObject({
  limit: limitSchema,
  cursor: cursorSchema.optional().describe('`next_cursor` of the previous page'),
});

const listSchema = z.strictObject({
  schedules: z.array(scheduleSchema),
  next_cursor: z.string().nullable().describe('Null on the last page'),
});

/** `GET /v1/schedules`: the caller's, newest first. There are few: all are listed, and those of the page described. */
export function listSchedules({ schedules }: ApiDeps): RequestHandler {
  return async (request, response) => {
    const { cursor: after, limit } = parseQuery(request, querySchema);
    const { tenantId, userId } = principalOf(request);
    const owner = { tenantId, userId };
    const refs = await schedules.list(owner);
    const first = refs.findIndex(
      ({ createdAt, scheduleId }) =>
        after === undefined ||
        createdAt < after.createdAt ||
        (createdAt.getTime() === after.createdAt.getTime() && scheduleId < after.jobId),
    );
    const rest = first < 0 ? [] : refs.slice(first);
    const page = rest.slice(0, limit);
    const found = await Promise.all(page.map(({ scheduleId }) => schedules.find(owner, scheduleId)));
    const last = page.at(-1);
    response.json({
      // One that was deleted a moment ago is still listed, and not found.
      schedules: found.flatMap((schedule) => (schedule === null ? [] : [listedSchedule(schedule)])),
      next_cursor:
        rest.length > limit && last !== undefined
          ? writeCursor({ created_at: last.createdAt, job_id: last.scheduleId })
          : null,
    } satisfies z.infer<typeof listSchema>);
  };
}

export const listSchedulesOperation: Described = {
  id: 'listSchedules',
  tag: 'Schedules',
  summary: 'List your schedules',
  scope: 'exports:read',
  query: () => querySchema,
  answers: {
    200: {
      description: 'A page of schedules, newest first',
      schema: listSchema,
      example: { schedules: [LISTED_SCHEDULE_EXAMPLE], next_cursor: null },
    },
  },
};
