import { z } from 'zod';
import { SHOWN_STATUSES } from '../../shared/contract.js';
import { ACCOUNT } from '../../shared/datasets/account.js';
import type { DatasetRegistry } from '../../shared/datasets/index.js';
import { FORMATS } from '../../shared/formats/index.js';
import { referenceSchema } from '../../shared/identity/reference-schema.js';
import { exportName } from '../../shared/request/line-schema.js';
import { cursorSchema, nextCursor } from '../http/cursor.js';
import { requireAdmin } from '../exports/owner-for.js';
import { defineRoute } from '../http/define-route.js';
import { limitSchema, momentSchema, once, uuidSchema } from '../http/input.js';
import { listedJob, rowFor } from '../../shared/job/view.js';
import { isActive } from '../../shared/job/lifecycle.js';
import { LISTED_JOB_EXAMPLE, jobListSchema } from '../../shared/job/schema.js';

const oneOf = (names: readonly string[]) => z.enum(names, { error: `must be one of ${names.join(', ')}` });

const querySchema = (registry: DatasetRegistry) =>
  z.strictObject({
    status: once
      .toUpperCase()
      .pipe(z.enum(SHOWN_STATUSES, { error: `must be one of ${SHOWN_STATUSES.join(', ')}` }))
      .optional(),
    type: once.pipe(oneOf([...registry.keys(), ACCOUNT])).optional(),
    format: once
      .toUpperCase()
      .pipe(oneOf([...FORMATS.keys()]))
      .optional(),
    name: once.pipe(exportName).optional().describe('Part of the name, in upper or lower case'),
    schedule_id: once.pipe(uuidSchema).optional().describe('Exports that this schedule started'),
    saved_export_id: once.pipe(uuidSchema).optional().describe('Runs of this saved export'),
    on_behalf_of: once
      .pipe(referenceSchema)
      .optional()
      .describe(
        'Exports that you requested on behalf of this user, instead of your own. Needs the scope `exports:admin`',
      ),
    created_after: momentSchema
      .optional()
      .describe('Created at this time or later: a day (in UTC), or a time with its offset'),
    created_before: momentSchema.optional().describe('Created before this time'),
    limit: limitSchema,
    cursor: cursorSchema.optional().describe('`next_cursor` of the previous page'),
  });

export const listExports = defineRoute({
  method: 'get',
  path: '/v1/exports',
  id: 'listExports',
  tag: 'Exports',
  summary: 'List your exports',
  scope: 'exports:read',
  query: querySchema,
  answers: {
    200: {
      description: 'A page of exports, newest first',
      schema: jobListSchema,
      example: {
        exports: [LISTED_JOB_EXAMPLE],
        next_cursor: null,
        active_job_ids: [LISTED_JOB_EXAMPLE.job_id],
        max_active_exports: 2,
      },
    },
  },
  problems: ['JOB_STORE_UNAVAILABLE'],
  handle:
    ({ jobs, settings }) =>
    async ({ query, principal }) => {
      const {
        cursor: after,
        limit,
        schedule_id: scheduleId,
        saved_export_id: savedExportId,
        on_behalf_of: onBehalfOf,
        created_after: from,
        created_before: before,
        ...named
      } = query;
      if (onBehalfOf !== undefined) {
        requireAdmin(principal, onBehalfOf, 'on_behalf_of', { parameter: 'on_behalf_of', in: 'query' });
      }
      const requestedBy = onBehalfOf === undefined ? undefined : principal.userId;
      const filter = { ...named, scheduleId, savedExportId, from, before, requestedBy };
      const { tenantId, userId } = principal;
      // Read one row more than the page shows, to know whether there is a next page.
      const rows = await jobs.list({ tenantId, userId: onBehalfOf ?? userId, ...filter, limit: limit + 1, after });
      const page = rows.slice(0, limit);
      // An unfiltered first page without a second one has all exports. Oldest first, like the store's list.
      const isAll =
        rows.length <= limit && after === undefined && Object.values(filter).every((value) => value === undefined);
      const active = isAll
        ? page.flatMap(({ job_id, status }) => (isActive(status) ? [job_id] : [])).toReversed()
        : (await jobs.activeOf(principal)).map(({ jobId }) => jobId);
      const body = {
        exports: page.map((row) => listedJob(rowFor(row, userId), settings)),
        next_cursor: nextCursor(rows, limit, ({ created_at, job_id: id }) => ({ createdAt: created_at, id })),
        active_job_ids: active,
        max_active_exports: settings.limit,
      };
      return { status: 200, body };
    },
});
