import { z } from 'zod';
import { cursorSchema, nextCursor } from '../http/cursor.js';
import { defineRoute } from '../http/define-route.js';
import { limitSchema } from '../http/input.js';
import {
  LISTED_SAVED_EXPORT_EXAMPLE,
  savedExportSchema,
  savedExportView,
} from '../saved-exports/saved-export-schema.js';

const querySchema = z.strictObject({
  limit: limitSchema,
  cursor: cursorSchema.optional().describe('`next_cursor` of the previous page'),
});

const listSchema = z.strictObject({
  saved_exports: z.array(savedExportSchema),
  next_cursor: z.string().nullable().describe('Null on the last page'),
});

export const listSavedExports = defineRoute({
  method: 'get',
  path: '/v1/saved-exports',
  id: 'listSavedExports',
  tag: 'Saved exports',
  summary: 'List saved exports',
  description: 'Your own, and those that others in your organization share.',
  scope: 'exports:read',
  query: () => querySchema,
  answers: {
    200: {
      description: 'A page of saved exports, newest first',
      schema: listSchema,
      example: { saved_exports: [LISTED_SAVED_EXPORT_EXAMPLE], next_cursor: null },
    },
  },
  problems: ['JOB_STORE_UNAVAILABLE'],
  handle:
    ({ savedExports }) =>
    async ({ query: { cursor: after, limit }, principal }) => {
      // Read one row more than the page shows, to know whether there is another page.
      const rows = await savedExports.list(principal, limit + 1, after);
      const body = {
        saved_exports: rows.slice(0, limit).map((row) => savedExportView(row, principal)),
        next_cursor: nextCursor(rows, limit, ({ created_at, saved_export_id: id }) => ({ createdAt: created_at, id })),
      };
      return { status: 200, body };
    },
});
