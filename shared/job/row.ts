import { z } from 'zod';
import {
  EXPORT_STATUSES,
  SHOWN_STATUSES,
  type FilterValue,
  type JobParties,
  type JobSeed,
  type UserRef,
} from '../contract.js';
import { DISCLOSURES } from '../datasets/column-types.js';
import { tenantUuid, userUuid } from '../identity/uuids.js';

const timestamp = z.date().nullable();

/**
 * The columns that the service reads, as the driver returns them. To add one, also add it to a migration, and to
 * `newRow` or `untouched`.
 */
const columns = {
  job_id: z.string(),
  user_id: z.string(),
  tenant_id: z.string(),
  /** The ids in tokens, which decide who owns the job. */
  user_ref: z.string(),
  tenant_ref: z.string(),
  /** The administrator who requested it on behalf of the user. */
  requested_by_ref: z.string().nullable(),
  schedule_id: z.string().nullable(),
  saved_export_id: z.string().nullable(),
  name: z.string().nullable(),
  type: z.string(),
  filters: z.record(z.string(), z.custom<FilterValue>()),
  columns: z.array(z.union([z.string(), z.object({ name: z.string(), as: z.string() })])),
  sort: z.string().nullable(),
  /** By dataset, the columns that the file's contents depend on and how it shows them. Empty until the plan. */
  columns_used: z.record(z.string(), z.record(z.string(), z.enum(DISCLOSURES))),
  format: z.string(),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  notify: z.object({ email: z.string().optional(), webhook_url: z.string().optional() }),
  status: z.enum(EXPORT_STATUSES),
  progress: z.number(),
  total_rows: z.number().nullable(),
  rows_exported: z.number(),
  row_count: z.number().nullable(),
  file_key: z.string().nullable(),
  file_size: z.number().nullable(),
  checksum: z.string().nullable(),
  generation: z.number(),
  upload_id: z.string().nullable(),
  url_expires_at: timestamp,
  file_deleted_at: timestamp,
  cancel_requested_at: timestamp,
  warnings: z.array(z.object({ code: z.string(), message: z.string(), count: z.number() })),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
  idempotency_key: z.string().nullable(),
  request_hash: z.string(),
  created_at: z.date(),
  started_at: timestamp,
  completed_at: timestamp,
};

/** A row of `export_jobs`, with the derived `shown_status`. */
export const jobRowSchema = z.object({ ...columns, shown_status: z.enum(SHOWN_STATUSES) });
export type JobRow = z.infer<typeof jobRowSchema>;

/** A COMPLETED job with an expired link or a deleted file is EXPIRED, by PostgreSQL's clock. */
export const SHOWN_STATUS = `CASE WHEN status = 'COMPLETED' AND (file_deleted_at IS NOT NULL OR url_expires_at <= now())
  THEN 'EXPIRED' ELSE status END`;

/** @param replaced SQL to use instead of a column */
const select = (replaced: Readonly<Record<string, string>> = {}): string =>
  [...Object.keys(columns).map((name) => replaced[name] ?? name), `${SHOWN_STATUS} AS shown_status`].join(', ');

export const JOB_COLUMNS = select();
/** The columns for lists. Filters, columns and headers are left out, because those of one page may take megabytes. */
export const LISTED_COLUMNS = select({
  filters: "'{}'::jsonb AS filters",
  columns: "'[]'::jsonb AS columns",
  columns_used: "'{}'::jsonb AS columns_used",
});

/** A new row: each column that an insert sets, with its value. */
export function newRow({ jobId, userId, tenantId, request, ...seed }: JobSeed) {
  const json = JSON.stringify;
  return {
    job_id: jobId,
    user_id: userUuid({ tenantId, userId }),
    tenant_id: tenantUuid(tenantId),
    user_ref: userId,
    tenant_ref: tenantId,
    requested_by_ref: seed.requestedBy ?? null,
    schedule_id: seed.scheduleId,
    saved_export_id: seed.savedExportId,
    name: request.name ?? null,
    type: request.type,
    filters: json(request.filters),
    columns: json(request.columns),
    sort: request.sort ?? null,
    format: request.format,
    options: json(request.options),
    notify: json(request.notify),
    idempotency_key: seed.idempotencyKey,
    request_hash: seed.requestHash,
    created_at: seed.createdAt,
  };
}

/** The columns that have their default values in a new row. */
const untouched = {
  columns_used: {},
  progress: 0,
  total_rows: null,
  rows_exported: 0,
  row_count: null,
  file_key: null,
  file_size: null,
  checksum: null,
  generation: 1,
  upload_id: null,
  url_expires_at: null,
  file_deleted_at: null,
  cancel_requested_at: null,
  warnings: [],
  error_code: null,
  error_message: null,
  started_at: null,
  completed_at: null,
};

/** The row that `JobLifecycle.insert` creates, for responding without reading it back. */
export function queuedRow(job: JobSeed): JobRow {
  const { filters, columns: chosen, options, notify } = job.request;
  return {
    ...newRow(job),
    ...{ filters: { ...filters }, columns: [...chosen], options: { ...options }, notify: { ...notify } },
    created_at: new Date(job.createdAt),
    status: 'QUEUED',
    shown_status: 'QUEUED',
    ...untouched,
  };
}

/** The user that a job belongs to. */
export const ownerOfRow = ({ tenant_ref, user_ref }: Pick<JobRow, 'tenant_ref' | 'user_ref'>): UserRef => ({
  tenantId: tenant_ref,
  userId: user_ref,
});

/** Everybody who can download the job's file. */
export const partiesOfRow = (row: Pick<JobRow, 'tenant_ref' | 'user_ref' | 'requested_by_ref'>): JobParties => ({
  ...ownerOfRow(row),
  ...(row.requested_by_ref === null ? {} : { requestedBy: row.requested_by_ref }),
});

/** The job that a row was created from. */
export function jobOfRow(row: JobRow): JobSeed {
  const { type, format, name, columns, filters, sort, options } = row;
  const { email, webhook_url: webhookUrl } = row.notify;
  const notify = {
    ...(email === undefined ? {} : { email }),
    ...(webhookUrl === undefined ? {} : { webhook_url: webhookUrl }),
  };
  return {
    jobId: row.job_id,
    ...partiesOfRow(row),
    request: {
      ...{ type, format, columns, filters, options, notify },
      ...(name === null ? {} : { name }),
      ...(sort === null ? {} : { sort }),
    },
    scheduleId: row.schedule_id,
    savedExportId: row.saved_export_id,
    idempotencyKey: row.idempotency_key,
    requestHash: row.request_hash,
    createdAt: row.created_at.toISOString(),
    // Not needed: the row exists, and its event was recorded with it.
    origin: { actor: null, requestId: null, address: null },
  };
}
