import type { JobSeed } from '../../shared/contract.js';
import { JOB_EXAMPLES, jobSchema } from '../../shared/job/schema.js';
import { jobView } from '../../shared/job/view.js';
import { contextOf } from '../http/context.js';
import { defineRoute } from '../http/define-route.js';
import { exportBody } from '../exports/export-body.js';
import { idFor } from '../http/input.js';
import { PERMISSION_PROBLEMS } from '../openapi/operation.js';
import { sameRequest, startExport } from '../exports/start-export.js';
import { Turns } from '../limits/turns.js';

/** Must never change: the same idempotency key would create another export. */
const KEY_NAMESPACE = '5f0c3a52-0c2b-4c58-9a57-9d1f6a3c7e10';
/** Concurrent admissions per tenant in one API process: enough to keep Temporal busy. */
const ADMISSIONS_PER_TENANT = 8;
/** Ten times what an admission usually takes. A slower one is waiting for a worker and must not hold up others. */
const ADMISSION_TURN_MS = 400;

export const createExport = defineRoute({
  method: 'post',
  path: '/v1/exports',
  id: 'createExport',
  tag: 'Exports',
  summary: 'Create an export',
  description:
    'Takes one of your slots, starts the export and responds before any row is read. `GET /v1/datasets` lists what you can export.',
  scope: 'exports:write',
  headers: ['Idempotency-Key'],
  body: exportBody,
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
  handle: (deps) => {
    const turns = new Turns(ADMISSIONS_PER_TENANT, ADMISSION_TURN_MS);
    return async ({ body, principal, idempotencyKey, request }) => {
      const seed: JobSeed = {
        ...body,
        jobId: idFor(principal, idempotencyKey, KEY_NAMESPACE),
        userId: principal.userId,
        tenantId: principal.tenantId,
        idempotencyKey,
        createdAt: new Date().toISOString(),
      };
      await deps.permissions.require(seed.request.type, seed);
      contextOf(request).jobId = seed.jobId;
      const known = seed.idempotencyKey === null ? null : await deps.jobs.find(seed.jobId);
      const row = known === null ? await startExport(seed, deps, turns) : sameRequest(known, seed);
      return { status: 202, location: `/v1/exports/${row.job_id}`, body: jobView(row, deps.settings) };
    };
  },
});
