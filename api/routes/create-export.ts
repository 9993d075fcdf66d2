import type { Request, RequestHandler } from 'express';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobSeed } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import type { JobRow } from '../../shared/infrastructure/job-row.js';
import { withTimeLimit } from '../../shared/infrastructure/time-limit.js';
import { createRequestSchema, hashRequest, parseExportRequest, type RequestSchema } from '../../shared/request.js';
import { admit } from '../admission.js';
import { askPermission } from '../ask-source.js';
import { contextOf, principalOf } from '../context.js';
import type { ApiDeps } from '../deps.js';
import { idFor, idempotencyKeyOf } from '../input.js';
import { Turns } from '../turns.js';
import { jobView, queuedRow } from '../../shared/job-view.js';
import { JOB_EXAMPLES, jobSchema } from '../../shared/job-schema.js';
import { PERMISSION_PROBLEMS, type Operation } from '../openapi/operation.js';

/** Never to be changed: a key would mean another job from then on. */
const KEY_NAMESPACE = '5f0c3a52-0c2b-4c58-9a57-9d1f6a3c7e10';
/** The export inserts its row too: an answer waits no longer for a database that has gone away. */
const INSERT_MS = 2000;
/** How long the row of a job that another request has started may take to appear. */
const ROW_WAIT_MS = 2000;
/** At the same time, by one API process: enough to keep Temporal busy. */
const ADMISSIONS_OF_A_TENANT = 8;
/** Ten times what an admission usually takes. One that takes longer waits for a worker, and not at anybody's cost. */
const ADMISSION_TURN_MS = 400;

function seedOf(request: Request, schema: RequestSchema, { registry }: ApiDeps): JobSeed {
  const principal = principalOf(request);
  const idempotencyKey = idempotencyKeyOf(request);
  const asked = parseExportRequest(request.body, schema, registry);
  const email = asked.notify.email ?? principal.email;
  return {
    jobId: idFor(principal, idempotencyKey, KEY_NAMESPACE),
    userId: principal.userId,
    tenantId: principal.tenantId,
    request: { ...asked, notify: { ...asked.notify, ...(email === undefined ? {} : { email }) } },
    idempotencyKey,
    // Of what was asked for, before the token's address is filled in: that may change between two tries.
    requestHash: hashRequest(asked),
    createdAt: new Date().toISOString(),
  };
}

/** @throws ServiceError IDEMPOTENCY_KEY_REUSED when the job was made by a different request */
function sameRequest(row: JobRow, seed: JobSeed): JobRow {
  if (row.request_hash === seed.requestHash) return row;
  const sentence = `This Idempotency-Key was used for another request, which made the export ${row.job_id}.`;
  throw new ServiceError('IDEMPOTENCY_KEY_REUSED', sentence, { job_id: row.job_id });
}

/** Another request with the same key came first: its row says what it had asked for. */
async function rowOfFirst(seed: JobSeed, { jobs }: ApiDeps): Promise<JobRow> {
  const deadline = Date.now() + ROW_WAIT_MS;
  for (;;) {
    const row = await jobs.find(seed.jobId);
    if (row !== null) return sameRequest(row, seed);
    if (Date.now() > deadline) throw notYet(seed, 'The export was started by another request a moment ago.');
    await sleep(50);
  }
}

function notYet({ jobId }: JobSeed, sentence: string, cause?: unknown): ServiceError {
  const detail = `${sentence} Export ${jobId} may still appear; ask for it before you ask again.`;
  return new ServiceError('TEMPORARILY_UNAVAILABLE', detail, { job_id: jobId }, { cause });
}

/**
 * Takes a place of the tenant, where tenants have a limit.
 * @throws ServiceError TENANT_TOO_BUSY
 */
async function takePlace(seed: JobSeed, { places, settings, metrics }: ApiDeps): Promise<void> {
  const { tenantLimit } = settings;
  if (tenantLimit === undefined || (await places.takeForExport(seed, tenantLimit, 'active'))) return;
  metrics.admission('refused');
  const sentence = `This organization already has ${tenantLimit} active exports (the limit).`;
  throw new ServiceError('TENANT_TOO_BUSY', sentence, { max_active_exports: tenantLimit });
}

/** Whoever was refused keeps no place; its lease would end by itself. */
async function freePlace({ jobId }: JobSeed, { places, settings, logger }: ApiDeps): Promise<void> {
  if (settings.tenantLimit === undefined) return;
  await places.freeForExport(jobId).catch((error: unknown) => {
    logger.warn({ job_id: jobId, err: error }, 'a place is left to its lease');
  });
}

async function start(seed: JobSeed, deps: ApiDeps, turns: Turns): Promise<JobRow> {
  const { jobs, logger } = deps;
  await takePlace(seed, deps);
  try {
    const { started } = await admit(seed, deps, turns);
    // Without a key the id is ours alone: "known already" is then an answer to our own first try.
    if (!started && seed.idempotencyKey !== null) return await rowOfFirst(seed, deps);
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'TOO_MANY_EXPORTS') await freePlace(seed, deps);
    // Nobody has answered, and the export may have started all the same: then it has its place.
    if (!(error instanceof ServiceError) || error.code !== 'TEMPORARILY_UNAVAILABLE') throw error;
    const row = await jobs.find(seed.jobId).catch(() => null);
    if (row === null) throw notYet(seed, error.message, error);
    return sameRequest(row, seed);
  }
  // The export runs: from here on the answer is 202, whatever the database does.
  await withTimeLimit(jobs.insert(seed), INSERT_MS).catch((error: unknown) => {
    logger.warn({ job_id: seed.jobId, err: error }, 'the row is left to the export');
  });
  return queuedRow(seed);
}

/** `POST /v1/exports`: a slot is taken and the export started before this answers; no row has been read by then. */
export function createExport(deps: ApiDeps): RequestHandler {
  const schema = createRequestSchema(deps.registry, deps.settings.webhookRule);
  const turns = new Turns(ADMISSIONS_OF_A_TENANT, ADMISSION_TURN_MS);
  return async (request, response) => {
    const seed = seedOf(request, schema, deps);
    await askPermission(deps, seed.request.type, seed);
    contextOf(request).jobId = seed.jobId;
    const known = seed.idempotencyKey === null ? null : await deps.jobs.find(seed.jobId);
    const row = known === null ? await start(seed, deps, turns) : sameRequest(known, seed);
    response.status(202).location(`/v1/exports/${row.job_id}`).json(jobView(row, deps.settings));
  };
}

export const createExportOperation: Operation = {
  id: 'createExport',
  tag: 'Exports',
  summary: 'Ask for an export',
  description:
    'Takes one of your slots and starts the export; no row has been read when this answers. `GET /v1/datasets` says what can be asked for.',
  scope: 'exports:write',
  headers: ['Idempotency-Key'],
  takes: 'ExportRequest',
  answers: {
    202: {
      description: 'The export, as it is by now',
      headers: ['Location'],
      schema: jobSchema,
      example: JOB_EXAMPLES.queued,
      leadsTo: { job_id: ['getExport', 'exportEvents', 'cancelExport', 'downloadExport', 'deleteExport'] },
    },
  },
  problems: [
    ...PERMISSION_PROBLEMS,
    'TOO_MANY_EXPORTS',
    'TENANT_TOO_BUSY',
    'IDEMPOTENCY_KEY_REUSED',
    'TEMPORARILY_UNAVAILABLE',
    'JOB_STORE_UNAVAILABLE',
  ],
};
