import { columnName, type AuditOrigin, type JobSeed } from '../contract.js';
import type { AuditAction, AuditEvent } from '../audit/event.js';
import type { JobRow } from './row.js';

/** The events of jobs for the audit log. */

const ofSeed = (
  { jobId, tenantId, userId, request, scheduleId, savedExportId, origin }: JobSeed,
  action: AuditAction,
  details: Readonly<Record<string, unknown>>,
): AuditEvent => ({
  action,
  tenantId,
  subject: userId,
  origin,
  jobId,
  ...(scheduleId === null ? {} : { scheduleId }),
  details: {
    type: request.type,
    format: request.format,
    columns: request.columns.map(columnName),
    filters: Object.keys(request.filters),
    ...(savedExportId === null ? {} : { saved_export_id: savedExportId }),
    ...details,
  },
});

export const requestedEvent = (job: JobSeed): AuditEvent => ofSeed(job, 'export.requested', {});

/** A schedule's run whose request is no longer valid. */
export const refusedEvent = (job: JobSeed, code: string): AuditEvent => ofSeed(job, 'export.refused', { code });

/** What was done to an existing job. */
export const jobEvent = (
  row: Pick<JobRow, 'job_id' | 'tenant_ref' | 'user_ref' | 'type' | 'format'>,
  action: AuditAction,
  origin: AuditOrigin,
  details: Readonly<Record<string, unknown>> = {},
): AuditEvent => ({
  action,
  tenantId: row.tenant_ref,
  subject: row.user_ref,
  origin,
  jobId: row.job_id,
  details: { type: row.type, format: row.format, ...details },
});
