import type { JobSeed } from '../shared/contract.js';
import type { JobRow } from '../shared/infrastructure/job-row.js';

export { jobView, liveFromRow, type LiveView } from '../shared/job-view.js';

/** The row as `INSERT_JOB` makes it: what is answered without reading it back. */
export function queuedRow({ jobId, userId, tenantId, request, ...seed }: JobSeed): JobRow {
  return {
    job_id: jobId,
    user_id: userId,
    tenant_id: tenantId,
    type: request.type,
    filters: { ...request.filters },
    columns: [...request.columns],
    format: request.format,
    options: { ...request.options },
    notify: { ...request.notify },
    status: 'QUEUED',
    shown_status: 'QUEUED',
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
    idempotency_key: seed.idempotencyKey,
    request_hash: seed.requestHash,
    created_at: new Date(seed.createdAt),
    started_at: null,
    completed_at: null,
  };
}
