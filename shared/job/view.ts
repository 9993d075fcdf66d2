import type { Phase } from '../contract.js';
import { fileName } from './file-name.js';
import { FORMATS } from '../formats/index.js';
import type { JobRow } from './row.js';
import { isoTime } from '../text/iso-time.js';
import type { JobView, ListedJob } from './schema.js';
import { downloadUrl } from './links.js';

/** The progress of an export, which may be more recent than its row. */
export interface LiveView {
  readonly phase: Phase;
  /** Whole percent. */
  readonly progress: number;
  readonly totalRows: number | null;
  readonly rowsExported: number;
}

/** The address and the secret of links. */
interface LinkSettings {
  readonly publicUrl: string;
  readonly linkSecret: string;
}

function phaseOf({ status, total_rows: planned }: JobRow): Phase {
  if (status === 'QUEUED') return 'waiting';
  if (status !== 'PROCESSING') return 'done';
  return planned === null ? 'planning' : 'exporting';
}

export function liveFromRow(row: JobRow): LiveView {
  const { progress, total_rows, rows_exported } = row;
  return { phase: phaseOf(row), progress, totalRows: total_rows, rowsExported: rows_exported };
}

function linkOf(row: JobRow, { publicUrl, linkSecret }: LinkSettings): string | null {
  if (row.shown_status !== 'COMPLETED' || row.url_expires_at === null) return null;
  return downloadUrl(publicUrl, linkSecret, row.job_id, row.url_expires_at);
}

/** Rows per second since the start, and seconds left at that rate; null while unknown. */
function paceOf({ status, started_at: startedAt }: JobRow, { rowsExported, totalRows }: LiveView) {
  const seconds = startedAt === null ? 0 : (Date.now() - startedAt.getTime()) / 1000;
  if (status !== 'PROCESSING' || rowsExported === 0 || seconds <= 0) return { rate: null, remaining: null };
  const rate = rowsExported / seconds;
  return {
    rate: Math.round(rate),
    // Rows may have been added since the plan, so there may be more than planned.
    remaining: totalRows === null ? null : Math.max(0, Math.ceil((totalRows - rowsExported) / rate)),
  };
}

/** Whether a user sees a job without the addresses and the key of the administrator who requested it. */
export const hidesRequest = ({ requested_by_ref: requester }: JobRow, userId: string): boolean =>
  requester !== null && requester !== userId;

/** A job that the user may read, with only what that user may see of it. */
export const rowFor = (row: JobRow, userId: string): JobRow =>
  hidesRequest(row, userId) ? { ...row, notify: {}, idempotency_key: null } : row;

/**
 * A job as clients and webhook receivers see it: the row without the fields that only workers need. Pass a client's row
 * through {@link rowFor} first.
 */
export function jobView(row: JobRow, settings: LinkSettings, live: LiveView = liveFromRow(row)): JobView {
  const { rate, remaining } = paceOf(row, live);
  return {
    job_id: row.job_id,
    user_id: row.user_ref,
    tenant_id: row.tenant_ref,
    requested_by: row.requested_by_ref,
    name: row.name,
    schedule_id: row.schedule_id,
    saved_export_id: row.saved_export_id,
    type: row.type,
    format: row.format,
    columns: row.columns,
    filters: row.filters,
    sort: row.sort,
    options: row.options,
    notify: row.notify,
    status: row.shown_status,
    phase: live.phase,
    progress: live.progress,
    total_rows: live.totalRows,
    rows_exported: live.rowsExported,
    rows_per_second: rate,
    remaining_seconds: remaining,
    row_count: row.row_count,
    // This version can't name the file of a format that only a newer version has.
    file_name: FORMATS.has(row.format) ? fileName({ ...row, jobId: row.job_id, createdAt: row.created_at }) : null,
    file_key: row.file_key,
    file_size: row.file_size,
    checksum: row.checksum,
    download_url: linkOf(row, settings),
    url_expires_at: isoTime(row.url_expires_at),
    file_deleted_at: isoTime(row.file_deleted_at),
    warnings: row.warnings,
    error_code: row.error_code,
    error_message: row.error_message,
    idempotency_key: row.idempotency_key,
    created_at: row.created_at.toISOString(),
    started_at: isoTime(row.started_at),
    completed_at: isoTime(row.completed_at),
    cancel_requested_at: isoTime(row.cancel_requested_at),
  };
}

/** A job in a list. */
export function listedJob(row: JobRow, settings: LinkSettings): ListedJob {
  const { filters: _filters, columns: _columns, ...view } = jobView(row, settings);
  return view;
}
