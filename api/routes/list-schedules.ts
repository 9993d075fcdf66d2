import { z } from 'zod';
import type { UserRef } from '../../shared/contract.js';
import { userKey } from '../../shared/identity/reference.js';
import { clientGone } from '../http/client-gone.js';
import { cursorSchema, nextCursor } from '../http/cursor.js';
import { defineRoute } from '../http/define-route.js';
import { limitSchema } from '../http/input.js';
import { throwNoTurnAs, Turns } from '../limits/turns.js';
import { LISTED_SCHEDULE_EXAMPLE, listedSchedule, scheduleSchema } from '../schedules/schedule-schema.js';

const querySchema = z.strictObject({
  limit: limitSchema,
  cursor: cursorSchema.optional().describe('`next_cursor` of the previous page'),
});

const listSchema = z
  .strictObject({
    schedules: z.array(scheduleSchema),
    next_cursor: z.string().nullable().describe('Null on the last page'),
  })
  .meta({ id: 'ScheduleList' });

/** How long a request waits for the user's other lists, ms. */
const TURN_MS = 2000;

export const listSchedules = defineRoute({
  method: 'get',
  path: '/v1/schedules',
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
  // A user has few schedules, so all are listed. Only those on the page are read in full.
  handle: ({ schedules }) => {
    const turns = new Turns(1);
    const read = async ({ cursor: after, limit }: z.output<typeof querySchema>, owner: UserRef) => {
      const refs = await schedules.list(owner);
      const first = after === undefined ? 0 : refs.findIndex((ref) => isAfter(ref, after));
      const rest = first < 0 ? [] : refs.slice(first);
      const page = rest.slice(0, limit);
      const found = await Promise.all(page.map(({ scheduleId }) => schedules.find(owner, scheduleId)));
      return {
        // A schedule that has just been deleted is still listed, but not found.
        schedules: found.flatMap((schedule) => (schedule === null ? [] : [listedSchedule(schedule)])),
        next_cursor: nextCursor(rest, limit, ({ createdAt, scheduleId: id }) => ({ createdAt, id })),
      };
    };
    return async ({ query, principal: { tenantId, userId }, response }) => {
      const owner = { tenantId, userId };
      const gone = clientGone(response);
      const patience = AbortSignal.any([gone, AbortSignal.timeout(TURN_MS)]);
      try {
        const page = turns.take(userKey(owner), () => read(query, owner), patience);
        const sentence = 'Too many requests are listing your schedules at the same time.';
        return { status: 200, body: await page.catch(throwNoTurnAs('RATE_LIMITED', sentence)) };
      } catch (error) {
        // The client has disconnected, so there is no response to send.
        if (gone.aborted) return undefined;
        throw error;
      }
    };
  },
});

/** Newest first, and by id where two were created at the same moment. */
const isAfter = (
  { createdAt, scheduleId }: { readonly createdAt: Date; readonly scheduleId: string },
  cursor: z.output<typeof cursorSchema>,
): boolean =>
  createdAt < cursor.createdAt || (createdAt.getTime() === cursor.createdAt.getTime() && scheduleId < cursor.id);
