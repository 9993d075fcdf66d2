import { validationFailed } from '../../shared/request/field-problems.js';
import type { Request, RequestHandler } from 'express';
import type { JobSeed } from '../../shared/contract.js';
import {
  createRequestSchema,
  hashRequest,
  parseExportRequest,
  type RequestSchema,
  withRecipient,
} from '../../shared/request/request.js';
import { contextOf, principalOf } from '../context.js';
import type { ApiDeps } from '../deps.js';
import { idFor, idempotencyKeyOf } from '../input.js';
import { sameRequest, startExport } from '../start-export.js';
import { Turns } from '../turns.js';
import { jobView } from '../../shared/job/view.js';
import { JOB_EXAMPLES, jobSchema } from '../../shared/job/schema.js';
import { PERMISSION_PROBLEMS, type Described } from '../openapi/operation.js';

/** Never to be changed: a key would mean another job from then on. */
const KEY_NAMESPACE = '5f0c3a52-0c2b-4c58-9a57-9d1f6a3c7e10';
/** At the same time, by one API process: enough to keep Temporal busy. */
const ADMISSIONS_OF_A_TENANT = 8;
/** Ten times what an admission usually takes. A slower one waits for a worker and must not hold up others. */
const ADMISSION_TURN_MS = 400;

async function seedOf(request: Request, schema: RequestSchema, deps: ApiDeps): Promise<JobSeed> {
  const { registry, settings, timeZones } = deps;
  const principal = principalOf(request);
  const idempotencyKey = idempotencyKeyOf(request);
  const asked = parseExportRequest(request.body, schema, registry);
  const zoned = await timeZones.ofRequest(asked);
  const addressed = withRecipient(zoned, principal.email, settings.recipientRule);
  if ('problems' in addressed) throw validationFailed(addressed.problems);
  return {
    jobId: idFor(principal, idempotencyKey, KEY_NAMESPACE),
    userId: principal.userId,
    tenantId: principal.tenantId,
    request: addressed.request,
    idempotencyKey,
    // Of what was asked for, before the token's address is filled in and the timezone spelled as the database does:
    // both may change between two tries.
    requestHash: hashRequest(asked),
    createdAt: new Date().toISOString(),
  };
}

/** `POST /v1/exports`: a slot is taken and the export started before this answers; no row has been read by then. */
export function createExport(deps: ApiDeps): RequestHandler {
  const schema = createRequestSchema(deps.registry, deps.settings.webhookRule);
  const turns = new Turns(ADMISSIONS_OF_A_TENANT, ADMISSION_TURN_MS);
  return async (request, response) => {
    const seed = await seedOf(request, schema, deps);
    await deps.permissions.require(seed.request.type, seed);
    contextOf(request).jobId = seed.jobId;
    const known = seed.idempotencyKey === null ? null : await deps.jobs.find(seed.jobId);
    const row = known === null ? await startExport(seed, deps, turns) : sameRequest(known, seed);
    response.status(202).location(`/v1/exports/${row.job_id}`).json(jobView(row, deps.settings));
  };
}

export const createExportOperation: Described = {
  id: 'createExport',
  tag: 'Exports',
  summary: 'Create an export',
  description:
    'Takes one of your slots, starts the export and answers at once, before any row is read. `GET /v1/datasets` lists what you can export.',
  scope: 'exports:write',
  headers: ['Idempotency-Key'],
  takes: 'ExportRequest',
  answers: {
    202: {
      description: 'The current state of the export',
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
