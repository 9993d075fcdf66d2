import type { ExportRequest, JobParties } from '../../shared/contract.js';
import { ownerFor } from '../exports/owner-for.js';
import { columnsUsed } from '../../shared/datasets/column-rights.js';
import { contentsOf } from '../../shared/datasets/contents.js';
import { ownedBy, type Owner } from '../../shared/datasets/owned-rows.js';
import { freezeQuery } from '../../shared/datasets/query.js';
import { ServiceError } from '../../shared/errors.js';
import { permittedRequest } from '../../shared/request/permitted-request.js';
import type { UncheckedRequest } from '../../shared/request/request.js';
import { estimateSchema, type Estimate } from '../../shared/request/estimate-schema.js';
import { dependsOnCaller } from '../../shared/source/permitted-datasets.js';
import type { RowCount } from '../../shared/source/count-rows.js';
import { SILENCE_MS } from '../../shared/time-limit.js';
import { askSource } from '../exports/ask-source.js';
import { clientGone } from '../http/client-gone.js';
import { defineRoute } from '../http/define-route.js';
import type { ApiDeps } from '../deps.js';
import { forecast } from '../exports/estimate.js';
import { QueryTurns } from '../limits/query-turns.js';
import { exportBody } from '../exports/export-body.js';
import { PERMISSION_PROBLEMS } from '../openapi/operation.js';

/** How long rows are counted before the planner's estimate is used, ms; for all datasets of an account together. */
const COUNT_MS = 1000;
/** Statements other than the count take no time, unless somebody has locked the table. */
const STATEMENT_MS = SILENCE_MS;
/** A source database that hasn't responded by then is considered unavailable, ms. */
const SESSION_MS = 8000;

export const estimateExport = defineRoute({
  method: 'post',
  path: '/v1/exports/estimate',
  id: 'estimateExport',
  tag: 'Exports',
  summary: 'Estimate an export',
  description:
    'Takes the same body as `POST /v1/exports` and starts nothing. Fails if the export would have more rows than allowed. Needs `exports:write`, because the number of matching rows reveals what the rows contain.',
  scope: 'exports:write',
  body: exportBody,
  answers: {
    200: {
      description: 'The estimated rows, bytes and seconds',
      schema: estimateSchema,
      example: { rows: 139_959, rows_are: 'exact', bytes: 27_015_560, seconds: 1.4, based_on: 12, reason: null },
    },
  },
  problems: [...PERMISSION_PROBLEMS, 'TOO_MANY_ROWS', 'TOO_MANY_ESTIMATES', 'JOB_STORE_UNAVAILABLE'],
  handle: (deps) => {
    const turns = QueryTurns.forEstimates();
    return async ({ body, principal, response }) => {
      const owner = ownerFor(body.onBehalfOf, principal);
      const gone = clientGone(response);
      try {
        return { status: 200, body: await estimate(body.request, owner, gone, turns, deps) };
      } catch (error) {
        // The client is gone: nobody to respond to.
        if (gone.aborted) return undefined;
        throw error;
      }
    };
  },
});

async function estimate(
  parsed: UncheckedRequest,
  { requestedBy, ...caller }: JobParties,
  gone: AbortSignal,
  turns: QueryTurns,
  deps: ApiDeps,
): Promise<Estimate> {
  const { maxRows } = deps.settings.tuning;
  const registry = await deps.permissions.datasets(
    { ...caller, ...(requestedBy === undefined ? {} : { requestedBy }) },
    parsed.type,
  );
  const request = permittedRequest(parsed, registry);
  const counted = await turns.take({ ...caller, userId: requestedBy ?? caller.userId }, gone, () =>
    count(request, caller, { ...deps, registry }, gone),
  );
  const { rows, rowsAre } = counted;
  if (rows > maxRows) {
    const about = rowsAre === 'exact' ? '' : 'about ';
    const sentence = `The export would have ${about}${rows} rows; at most ${maxRows} are allowed.`;
    throw new ServiceError('TOO_MANY_ROWS', sentence, { rows, rows_are: rowsAre, max_rows: maxRows });
  }
  const { parts } = contentsOf(request, caller, registry);
  const recent = await deps.jobs.recentlyFinished({
    tenantId: caller.tenantId,
    ...request,
    // The columns that are shown: filters and the order add no bytes to a row.
    used: columnsUsed(
      parts.map((part) => ({ ...part, request: { columns: part.request.columns, filters: {} } })),
      deps.registry,
    ),
    isRestricted: dependsOnCaller(deps.registry, parsed.type),
  });
  return { rows, rows_are: rowsAre, ...forecast(counted, recent) };
}

/** @param gone aborted when the client disconnects: PostgreSQL then cancels the statement */
async function count(
  whole: ExportRequest,
  caller: Required<Owner>,
  { registry, source }: Pick<ApiDeps, 'registry' | 'source'>,
  gone: AbortSignal,
): Promise<RowCount> {
  const { options } = whole;
  const { parts, owner } = contentsOf(whole, caller, registry);
  const session = { timezone: String(options.timezone ?? 'UTC'), ...caller, statementTimeoutMs: STATEMENT_MS };
  const end = performance.now() + COUNT_MS;
  const counts: RowCount[] = [];
  for (const { dataset, request } of parts) {
    const work = async (signal: AbortSignal): Promise<RowCount> => {
      const owned = ownedBy(dataset, owner, await source.columns(dataset, session, signal));
      const query = freezeQuery(dataset, { ...request, columns: [] }, owned, (quoted) => quoted);
      return source.count(query, Math.max(1, Math.round(end - performance.now())), session, signal);
    };
    counts.push(await askSource(SESSION_MS, work, gone));
  }
  return {
    rows: counts.reduce((sum, { rows }) => sum + rows, 0),
    rowsAre: counts.every(({ rowsAre }) => rowsAre === 'exact') ? 'exact' : 'estimated',
  };
}
