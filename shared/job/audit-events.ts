import { columnName, type AuditOrigin, type ExportRequest, type JobSeed } from '../contract.js';
import type { AuditAction, AuditEvent } from '../audit/event.js';
import type { JobRow } from './row.js';

/** The events of jobs for the audit log. */

/** Names, but no values. */
const namesIn = ({ type, format, columns = [], filters }: Described): Readonly<Record<string, unknown>> => ({
  type,
  format,
  columns: columns.map(columnName),
  filters: Object.keys(filters),
});

/** The names in a request that is stored as it was sent, so that its fields may be anything. */
export const namesInStored = ({
  type,
  format,
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  type,
  format: typeof format === 'string' ? format.toUpperCase() : format,
});

/** Without columns: those that the user may have. */
type Described = Pick<ExportRequest, 'type' | 'format' | 'filters'> & { readonly columns?: ExportRequest['columns'] };

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
  details: { ...namesIn(request), ...(savedExportId === null ? {} : { saved_export_id: savedExportId }), ...details },
});

/** Rows that a preview is about to show. */
export const previewedEvent = (
  {
    tenantId,
    userId,
    request,
    origin,
  }: Pick<JobSeed, 'tenantId' | 'userId' | 'origin'> & { readonly request: Described },
  rows: number,
): AuditEvent => ({
  action: 'export.previewed',
  tenantId,
  subject: userId,
  origin,
  details: { ...namesIn(request), rows },
});

export const requestedEvent = (job: JobSeed): AuditEvent => ofSeed(job, 'export.requested', {});

/** A schedule's run whose request is no longer valid. */
export const refusedEvent = (job: JobSeed, code: string): AuditEvent => ofSeed(job, 'export.refused', { code });

/** Somebody who uses Temporal directly: the service doesn't know who. */
const OPERATOR: AuditOrigin = { actor: null, requestId: null, address: null };

/** What was done to a job in Temporal. */
export const operatorEvent = (row: Audited, action: 'export.canceled' | 'export.terminated'): AuditEvent =>
  jobEvent(row, action, OPERATOR);

type Audited = Pick<JobRow, 'job_id' | 'tenant_ref' | 'user_ref' | 'type' | 'format'>;

/** What was done to an existing job. */
export const jobEvent = (
  row: Audited,
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
