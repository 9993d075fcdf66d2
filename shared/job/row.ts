import { z } from 'zod';
import { EXPORT_STATUSES, SHOWN_STATUSES, type FilterValue, type JobSeed } from '../contract.js';

const timestamp = z.date().nullable();

/** A row of `export_jobs` as the driver returns it, with the derived `shown_status`. */
export const jobRowSchema = z.object({
  job_id: z.string(),
  user_id: z.string(),
  tenant_id: z.string(),
  type: z.string(),
  filters: z.record(z.string(), z.custom<FilterValue>()),
  columns: z.array(z.string()),
  format: z.string(),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  notify: z.object({ email: z.string().optional(), webhook_url: z.string().optional() }),
  status: z.enum(EXPORT_STATUSES),
  shown_status: z.enum(SHOWN_STATUSES),
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
});
export type JobRow = z.infer<typeof jobRowSchema>;

/** COMPLETED past its time or with its file deleted is EXPIRED; the clock is PostgreSQL's. */
export const SHOWN_STATUS = `CASE WHEN status = 'COMPLETED' AND (file_deleted_at IS NOT NULL OR url_expires_at <= now())
  THEN 'EXPIRED' ELSE status END`;

const columnsWith = (
  filters: string,
): string => `job_id, user_id, tenant_id, type, ${filters}, columns, format, options, notify, status,
  ${SHOWN_STATUS} AS shown_status, progress, total_rows, rows_exported, row_count, file_key, file_size, checksum,
  generation, upload_id, url_expires_at, file_deleted_at, cancel_requested_at, warnings, error_code, error_message,
  idempotency_key, request_hash, created_at, started_at, completed_at`;

export const JOB_COLUMNS = columnsWith('filters');
/** For lists, which leave out filters: those of one page may be megabytes. */
export const LISTED_COLUMNS = columnsWith(`'{}'::jsonb AS filters`);

/** Run by the API after admission and by the export's first activity: whoever comes first makes the row. */
export const INSERT_JOB = `INSERT INTO export_jobs (job_id, user_id, tenant_id, type, filters, columns, format, options,
    notify, idempotency_key, request_hash, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (job_id) DO NOTHING`;

export const INSERT_FAILED_JOB = `INSERT INTO export_jobs (job_id, user_id, tenant_id, type, filters, columns, format,
    options, notify, idempotency_key, request_hash, created_at, error_code, error_message, status, completed_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'FAILED', now()) ON CONFLICT (job_id) DO NOTHING`;

export function insertValues({ jobId, userId, tenantId, request, idempotencyKey, requestHash, createdAt }: JobSeed) {
  const { type, filters, columns, format, options, notify } = request;
  const json = JSON.stringify;
  return [
    ...[jobId, userId, tenantId, type, json(filters), json(columns), format, json(options), json(notify)],
    ...[idempotencyKey, requestHash, createdAt],
  ];
}

/** What a row was made of. */
export function seedOf(row: JobRow): JobSeed {
  const { type, format, columns, filters, options } = row;
  const { email, webhook_url: webhookUrl } = row.notify;
  const notify = {
    ...(email === undefined ? {} : { email }),
    ...(webhookUrl === undefined ? {} : { webhook_url: webhookUrl }),
  };
  return {
    jobId: row.job_id,
    userId: row.user_id,
    tenantId: row.tenant_id,
    request: { type, format, columns, filters, options, notify },
    idempotencyKey: row.idempotency_key,
    requestHash: row.request_hash,
    createdAt: row.created_at.toISOString(),
  };
}
