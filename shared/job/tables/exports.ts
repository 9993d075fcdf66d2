/** Exports and their segments. */
export const EXPORTS = `
  CREATE TABLE export_jobs (
    job_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    -- The ids in tokens, which decide who owns the job; the UUIDs above are derived from them.
    user_ref text NOT NULL,
    tenant_ref text NOT NULL,
    -- The administrator who requested it on behalf of the user; null if it was the user.
    requested_by_ref text,
    -- What the export is a run of, if anything. No foreign keys: schedules are in Temporal, and saved exports may go.
    schedule_id uuid,
    saved_export_id uuid,
    name text,
    type text NOT NULL,
    filters jsonb NOT NULL,
    columns jsonb NOT NULL,
    -- A column, with a - in front for descending; null is the order of the key.
    sort text,
    -- By dataset and column: full, or the mask. A download compares this with what the owner may have then.
    columns_used jsonb NOT NULL DEFAULT '{}',
    format text NOT NULL,
    options jsonb NOT NULL,
    notify jsonb NOT NULL,
    status text NOT NULL DEFAULT 'QUEUED'
      CHECK (status IN ('QUEUED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED')),
    progress smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    total_rows bigint,
    rows_exported bigint NOT NULL DEFAULT 0,
    row_count bigint,
    file_key text,
    file_size bigint,
    checksum text,
    generation integer NOT NULL DEFAULT 1,
    upload_id text,
    plan jsonb,
    url_expires_at timestamptz,
    file_deleted_at timestamptz,
    cancel_requested_at timestamptz,
    warnings jsonb NOT NULL DEFAULT '[]',
    error_code text,
    error_message text,
    idempotency_key text,
    request_hash text NOT NULL,
    -- Milliseconds, because the cursors of lists have no more.
    created_at timestamptz(3) NOT NULL,
    started_at timestamptz,
    completed_at timestamptz
  );
  -- Lists: one user's jobs, newest first.
  CREATE INDEX export_jobs_of_user ON export_jobs (tenant_ref, user_ref, created_at DESC, job_id DESC);
  -- For the erasure of an administrator.
  CREATE INDEX export_jobs_requested_by ON export_jobs (tenant_ref, requested_by_ref) WHERE requested_by_ref IS NOT NULL;
  -- The first state of a semaphore.
  CREATE INDEX export_jobs_active ON export_jobs (tenant_ref, user_ref) WHERE status IN ('QUEUED', 'PROCESSING');
  -- For the sweep: files past their time, and failed jobs that still have an upload.
  CREATE INDEX export_jobs_expiring ON export_jobs (url_expires_at) WHERE file_deleted_at IS NULL;
  CREATE INDEX export_jobs_ended_with_upload ON export_jobs (completed_at) WHERE upload_id IS NOT NULL;

  CREATE TABLE export_segments (
    job_id uuid NOT NULL REFERENCES export_jobs ON DELETE CASCADE,
    segment integer NOT NULL,
    -- The key's columns as PostgreSQL wrote them; null is open.
    lower text[],
    upper text[],
    planned_rows bigint NOT NULL,
    -- Where the segment is in its file: small numbers by name.
    position jsonb NOT NULL,
    mode text NOT NULL CHECK (mode IN ('parts', 'held')),
    attempt integer NOT NULL DEFAULT 0,
    -- Set by the commit, all at once and by one attempt; null until then.
    upload_id text,
    rows bigint,
    bytes bigint,
    parts jsonb,
    summary jsonb,
    PRIMARY KEY (job_id, segment)
  );
`;
