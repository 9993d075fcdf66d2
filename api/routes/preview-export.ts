import { z } from 'zod';
import { contentsOf } from '../../shared/datasets/contents.js';
import type { ExportRequest, JobParties } from '../../shared/contract.js';
import { previewedEvent } from '../../shared/job/audit-events.js';
import { ServiceError } from '../../shared/errors.js';
import { permittedRequest } from '../../shared/request/permitted-request.js';
import { previewSchema, type Preview } from '../../shared/request/preview-schema.js';
import type { UncheckedRequest } from '../../shared/request/request.js';
import { withTimeLimit } from '../../shared/time-limit.js';
import type { ApiDeps } from '../deps.js';
import { askSource } from '../exports/ask-source.js';
import { exportBody } from '../exports/export-body.js';
import { ownerFor } from '../exports/owner-for.js';
import { previewFile } from '../exports/preview.js';
import { clientGone } from '../http/client-gone.js';
import { defineRoute } from '../http/define-route.js';
import { limitSchema } from '../http/input.js';
import { originOf } from '../http/origin.js';
import { QueryTurns } from '../limits/query-turns.js';
import { PERMISSION_PROBLEMS } from '../openapi/operation.js';

/** For everything together, because a user waits for it. Also the limit of each statement. */
const PREVIEW_MS = 2000;
const ROWS = 10;

const querySchema = z.strictObject({
  limit: limitSchema.unwrap().default(ROWS).describe('Maximum rows of each file'),
});

export const previewExport = defineRoute({
  method: 'post',
  path: '/v1/exports/preview',
  id: 'previewExport',
  tag: 'Exports',
  summary: 'Preview an export',
  description:
    'Takes the same body as `POST /v1/exports` and returns the first rows as the file will show them. Starts nothing, and takes at most two seconds.',
  scope: 'exports:write',
  query: () => querySchema,
  body: exportBody,
  answers: {
    200: {
      description: 'The first rows',
      schema: previewSchema,
      example: {
        files: [
          {
            dataset: 'orders',
            title: 'Orders',
            columns: [
              { name: 'id', header: 'id', type: 'bigint' },
              { name: 'total', header: 'Amount', type: 'numeric' },
            ],
            rows: [
              ['1', '99.50'],
              ['2', null],
            ],
            has_more: true,
          },
        ],
      },
    },
  },
  problems: [
    ...PERMISSION_PROBLEMS,
    'JOB_STORE_UNAVAILABLE',
    'TOO_MANY_PREVIEWS',
    'PREVIEW_TOO_SLOW',
    'KEY_NOT_UNIQUE',
    'COMPUTE_FAILED',
  ],
  handle: (deps) => {
    const turns = QueryTurns.forPreviews();
    return async ({ body, query, principal, request, response }) => {
      const end = performance.now() + PREVIEW_MS;
      const owner = ownerFor(body.onBehalfOf, principal);
      const gone = clientGone(response);
      try {
        const work = preview(body.request, owner, query.limit, { end, gone, turns, deps });
        const shown = await withTimeLimit(work, PREVIEW_MS).catch((error: unknown) => {
          // A timer may fire a little early.
          throw performance.now() < end - 5 ? error : tooSlow(error);
        });
        const rows = shown.preview.files.reduce((sum, file) => sum + file.rows.length, 0);
        await deps.audit.record(previewedEvent({ ...owner, request: shown.request, origin: originOf(request) }, rows));
        return { status: 200, body: shown.preview };
      } catch (error) {
        // The client is gone: nobody to respond to.
        if (gone.aborted) return undefined;
        throw error;
      }
    };
  },
});

/** An error after the time limit is a consequence of it, because every wait is limited to the time that is left. */
function tooSlow(cause: unknown): ServiceError {
  const sentence = "The preview took more than two seconds. Exports don't have this limit.";
  return new ServiceError('PREVIEW_TOO_SLOW', sentence, {}, { cause });
}

interface Work {
  /** When time is up, as `performance.now()` counts. */
  readonly end: number;
  readonly gone: AbortSignal;
  readonly turns: QueryTurns;
  readonly deps: ApiDeps;
}

/** @returns the preview, and the request that it shows: without columns that the caller may not have */
async function preview(
  parsed: UncheckedRequest,
  { requestedBy, ...caller }: JobParties,
  limit: number,
  { end, gone, turns, deps }: Work,
): Promise<{ readonly preview: Preview; readonly request: ExportRequest }> {
  const registry = await deps.permissions.datasets(
    { ...caller, ...(requestedBy === undefined ? {} : { requestedBy }) },
    parsed.type,
  );
  const request = permittedRequest(parsed, registry);
  const { parts, owner } = contentsOf(request, caller, registry);
  const timezone = String(parsed.options.timezone ?? 'UTC');
  const read = async (signal: AbortSignal): Promise<Preview> => {
    const session = { timezone, ...caller, statementTimeoutMs: PREVIEW_MS };
    const work = { source: deps.previewSource, session, owner, limit, signal };
    const files: Preview['files'] = [];
    for (const part of parts) files.push(await previewFile(part, work));
    return { files };
  };
  const asker = { ...caller, userId: requestedBy ?? caller.userId };
  const left = (): number => Math.max(1, Math.ceil(end - performance.now()));
  return { preview: await turns.take(asker, gone, () => askSource(left(), read, gone)), request };
}
