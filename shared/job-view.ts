import type { Phase } from './contract.js';
import { fileName } from './file-name.js';
import { FORMATS } from './formats/index.js';
import type { JobRow } from './infrastructure/job-row.js';
import { downloadUrl } from './links.js';

/** How far an active export is, where that is known better than from its row. */
export interface LiveView {
  readonly phase: Phase;
  /** Percent, whole. */
  readonly progress: number;
  readonly totalRows: number | null;
  readonly rowsExported: number;
}

/** Where links point, and what signs them. */
interface LinkSettings {
  readonly publicUrl: string;
  readonly linkSecret: string;
}

function phaseOf({ status }: JobRow): Phase {
  if (status === 'QUEUED') return 'waiting';
  return status === 'PROCESSING' ? 'exporting' : 'done';
}

export function liveFromRow(row: JobRow): LiveView {
  const { progress, total_rows, rows_exported } = row;
  return { phase: phaseOf(row), progress, totalRows: total_rows, rowsExported: rows_exported };
}

function linkOf(row: JobRow, { publicUrl, linkSecret }: LinkSettings): string | null {
  if (row.shown_status !== 'COMPLETED' || row.url_expires_at === null) return null;
  return downloadUrl(publicUrl, linkSecret, row.job_id, row.url_expires_at);
}

/**
 * A job as clients and receivers of webhooks see it: the row's fields, without what only workers need. Dates become
 * ISO 8601 in JSON.
 */
export function jobView(row: JobRow, settings: LinkSettings, live: LiveView = liveFromRow(row)) {
  return {
    job_id: row.job_id,
    user_id: row.user_id,
    tenant_id: row.tenant_id,
    type: row.type,
    format: row.format,
    columns: row.columns,
    filters: row.filters,
    options: row.options,
    notify: row.notify,
    status: row.shown_status,
    phase: live.phase,
    progress: live.progress,
    total_rows: live.totalRows,
    rows_exported: live.rowsExported,
    row_count: row.row_count,
    // A format of a newer version has a name that this one cannot make.
    file_name: FORMATS.has(row.format) ? fileName({ ...row, jobId: row.job_id, createdAt: row.created_at }) : null,
    file_key: row.file_key,
    file_size: row.file_size,
    checksum: row.checksum,
    download_url: linkOf(row, settings),
    url_expires_at: row.url_expires_at,
    file_deleted_at: row.file_deleted_at,
    warnings: row.warnings,
    error_code: row.error_code,
    error_message: row.error_message,
    idempotency_key: row.idempotency_key,
    created_at: row.created_at,
    started_at: row.started_at,
    completed_at: row.completed_at,
    cancel_requested_at: row.cancel_requested_at,
  };
}
