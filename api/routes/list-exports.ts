import type { RequestHandler } from 'express';
import { z } from 'zod';
import { SHOWN_STATUSES } from '../../shared/contract.js';
import { ACCOUNT } from '../../shared/datasets/account.js';
import type { DatasetRegistry } from '../../shared/datasets/index.js';
import { principalOf } from '../context.js';
import { cursorSchema, writeCursor } from '../cursor.js';
import type { ApiDeps } from '../deps.js';
import { limitSchema, once, parseQuery } from '../input.js';
import { listedJob } from '../../shared/job/view.js';
import { isActive } from '../../shared/job/lifecycle.js';
import { LISTED_JOB_EXAMPLE, jobListSchema, type JobList } from '../../shared/job/schema.js';
import type { Described } from '../openapi/operation.js';

const oneOf = (names: readonly string[]) => z.enum(names, { error: `must be one of ${names.join(', ')}` });

const querySchema = (registry: DatasetRegistry) =>
  z.strictObject({
    status: once
      .toUpperCase()
      .pipe(z.enum(SHOWN_STATUSES, { error: `must be one of ${SHOWN_STATUSES.join(', ')}` }))
      .optional(),
    type: once.pipe(oneOf([...registry.keys(), ACCOUNT])).optional(),
    limit: limitSchema,
    cursor: cursorSchema.optional().describe('`next_cursor` of the previous page'),
  });

/** `GET /v1/exports`: the caller's jobs, newest first, as their rows have them. */
export function listExports({ jobs, registry, settings }: ApiDeps): RequestHandler {
  const schema = querySchema(registry);
  return async (request, response) => {
    const { cursor: after, limit, ...filter } = parseQuery(request, schema);
    const caller = principalOf(request);
    // One more than is shown tells whether there is a next page.
    const rows = await jobs.list({ ...caller, ...filter, limit: limit + 1, after });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    // The first page of whoever has no second one has them all. Oldest first, as the store has them.
    const isAll = rows.length <= limit && after === undefined && Object.keys(filter).length === 0;
    const active = isAll
      ? page.flatMap(({ job_id, status }) => (isActive(status) ? [job_id] : [])).toReversed()
      : (await jobs.activeOf(caller)).map(({ jobId }) => jobId);
    const next_cursor = rows.length > limit && last !== undefined ? writeCursor(last) : null;
    response.json({
      exports: page.map((row) => listedJob(row, settings)),
      next_cursor,
      active_job_ids: active,
      max_active_exports: settings.limit,
    } satisfies JobList);
  };
}

export const listExportsOperation: Described = {
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
};
