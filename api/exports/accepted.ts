import type { ErrorCode } from '../../shared/errors.js';
import type { JobRow } from '../../shared/job/row.js';
import { JOB_EXAMPLES, jobSchema } from '../../shared/job/schema.js';
import type { ApiDeps, Principal } from '../deps.js';
import { PERMISSION_PROBLEMS, type PromisedAnswer } from '../openapi/operation.js';
import { shownJob } from './shown-job.js';

/** Response of routes that start an export. */
export const ACCEPTED = {
  description: 'The current state of the export',
  headers: ['Location'],
  schema: jobSchema,
  example: JOB_EXAMPLES.queued,
  leadsTo: { job_id: ['getExport', 'exportEvents', 'cancelExport', 'downloadExport', 'deleteExport'] },
} as const satisfies PromisedAnswer;

/** Errors of routes that start an export. */
export const ACCEPTANCE_PROBLEMS: readonly ErrorCode[] = [
  ...PERMISSION_PROBLEMS,
  'TOO_MANY_EXPORTS',
  'TENANT_TOO_BUSY',
  'IDEMPOTENCY_KEY_REUSED',
  'TEMPORARILY_UNAVAILABLE',
  'JOB_STORE_UNAVAILABLE',
];

/** A response that matches {@link ACCEPTED}. */
export const replyAccepted = (row: JobRow, principal: Principal, deps: Pick<ApiDeps, 'settings'>) =>
  ({ status: 202, location: `/v1/exports/${row.job_id}`, body: shownJob(row, principal, deps) }) as const;
