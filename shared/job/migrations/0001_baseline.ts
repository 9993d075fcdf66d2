import type { MigrationBuilder } from 'node-pg-migrate';

/** First halves of advisory lock keys: which limit is being counted. The second half is the tenant, user or recipient. */
const TENANT_LOCK = 1_722_001;
const SCHEDULE_LOCK = 1_722_002;
const RECIPIENT_LOCK = 1_722_003;
const SAVED_LOCK = 1_722_004;

const EXPORTS = `
  CREATE TABLE export_jobs (
    job_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    -- The ids in tokens, which decide who owns the job; the UUIDs above are derived from them.
    user_ref text NOT NULL,
    tenant_ref text NOT NULL,
    type text NOT NULL,
    filters jsonb NOT NULL,
    columns jsonb NOT NULL,
    -- A column, with a - in front for descending; null is the order of the key.
    sort text,
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
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    completed_at timestamptz
  );
  -- Lists: one user's jobs, newest first.
  CREATE INDEX export_jobs_of_user ON export_jobs (tenant_ref, user_ref, created_at DESC, job_id DESC);
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
    place jsonb NOT NULL,
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

const WEBHOOKS = `
  -- One row per attempt, inserted before the attempt is sent.
  CREATE TABLE webhook_deliveries (
    delivery_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    job_id uuid NOT NULL REFERENCES export_jobs ON DELETE CASCADE,
    event text NOT NULL,
    webhook_id text NOT NULL,
    -- The workflow run that sends it. Temporal's attempt number won't do: it also counts deferred deliveries.
    run_id text NOT NULL,
    attempt integer NOT NULL,
    host text NOT NULL,
    status text NOT NULL DEFAULT 'SENDING' CHECK (status IN ('SENDING', 'DELIVERED', 'FAILED')),
    http_status integer,
    error text,
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    next_attempt_at timestamptz
  );
  CREATE INDEX webhook_deliveries_of_job ON webhook_deliveries (job_id, started_at DESC);
  CREATE INDEX webhook_deliveries_of_webhook ON webhook_deliveries (webhook_id, attempt);

  -- Receivers that answered 410: nothing is sent to them until a delivery on demand succeeds.
  CREATE TABLE webhook_receivers_gone (
    tenant_ref text NOT NULL,
    url text NOT NULL,
    gone_at timestamptz NOT NULL DEFAULT now()
  );
  -- Without the URL, because both together may be too long for an index.
  CREATE INDEX webhook_receivers_gone_of_tenant ON webhook_receivers_gone (tenant_ref);

  -- A tenant without a row has version 1. No secrets are stored: they are derived from WEBHOOK_KEY.
  CREATE TABLE webhook_secret_versions (
    tenant_ref text NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_ref, version)
  );
`;

const PLACES = `
  -- Exports that count against MAX_ACTIVE_EXPORTS_PER_TENANT, before and after their row exists.
  CREATE TABLE tenant_places (
    job_id uuid PRIMARY KEY,
    tenant_ref text NOT NULL,
    -- Without a row, the place is taken until then: the process may have died before it inserted the row.
    reserved_until timestamptz NOT NULL
  );
  CREATE INDEX tenant_places_of_tenant ON tenant_places (tenant_ref);

  -- Takes a place of a tenant for an export, or returns false. The lock admits one caller per tenant at a time, over all
  -- processes. Separate statements, because each sees what was committed before the lock was granted.
  CREATE FUNCTION take_tenant_place(job uuid, tenant text, most integer, beside text[], lease interval)
  RETURNS boolean LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(${TENANT_LOCK}, hashtext(tenant));
    DELETE FROM tenant_places p WHERE p.tenant_ref = tenant AND CASE
      WHEN EXISTS (SELECT FROM export_jobs j WHERE j.job_id = p.job_id)
      THEN NOT EXISTS (SELECT FROM export_jobs j WHERE j.job_id = p.job_id AND j.status IN ('QUEUED', 'PROCESSING'))
      ELSE p.reserved_until < clock_timestamp() END;
    UPDATE tenant_places p SET reserved_until = clock_timestamp() + lease WHERE p.job_id = job;
    IF FOUND THEN RETURN true; END IF;
    IF most <= (SELECT count(*) FROM (
      (SELECT j.job_id FROM export_jobs j WHERE j.tenant_ref = tenant AND j.status = ANY (beside)
         AND j.status IN ('QUEUED', 'PROCESSING') AND j.job_id <> job LIMIT most)
      UNION (SELECT p.job_id FROM tenant_places p WHERE p.tenant_ref = tenant LIMIT most)) AS busy)
    THEN RETURN false; END IF;
    INSERT INTO tenant_places VALUES (job, tenant, clock_timestamp() + lease);
    RETURN true;
  END $$;

  -- Schedules that are being created: Temporal lists a new schedule a moment later.
  CREATE TABLE schedule_reservations (
    reservation_id uuid PRIMARY KEY,
    tenant_ref text NOT NULL,
    user_ref text NOT NULL,
    schedule_id uuid NOT NULL,
    reserved_until timestamptz NOT NULL
  );

  -- Reserves a place for a schedule and returns the user's earlier reservations.
  CREATE FUNCTION reserve_schedule(reservation uuid, tenant text, owner text, schedule uuid, lease interval)
  RETURNS uuid[] LANGUAGE plpgsql AS $$
  DECLARE earlier uuid[];
  BEGIN
    PERFORM pg_advisory_xact_lock(${SCHEDULE_LOCK}, hashtext(tenant || E'\\n' || owner));
    -- For all users: this one may not come back for a long time.
    DELETE FROM schedule_reservations WHERE reserved_until < clock_timestamp();
    SELECT array_agg(r.schedule_id) INTO earlier FROM schedule_reservations r
      WHERE r.tenant_ref = tenant AND r.user_ref = owner;
    INSERT INTO schedule_reservations VALUES (reservation, tenant, owner, schedule, clock_timestamp() + lease);
    RETURN coalesce(earlier, '{}');
  END $$;
`;

const MAILS = `
  -- Mails that count against their recipient's limit: one row per job and event, however often it is attempted. No
  -- foreign key: deleting an export must not free its mails' places.
  CREATE TABLE mail_reservations (
    job_id uuid NOT NULL,
    event text NOT NULL,
    -- The export's owner: erasing a user also deletes these rows.
    tenant_ref text NOT NULL,
    user_ref text NOT NULL,
    recipient_hash bytea NOT NULL,
    reserved_at timestamptz NOT NULL,
    PRIMARY KEY (job_id, event)
  );
  CREATE INDEX mail_reservations_of_recipient ON mail_reservations (recipient_hash, reserved_at);
  CREATE INDEX mail_reservations_by_age ON mail_reservations (reserved_at);

  CREATE TABLE skipped_mails (
    job_id uuid NOT NULL REFERENCES export_jobs ON DELETE CASCADE,
    event text NOT NULL,
    reason text NOT NULL CHECK (reason IN ('RECIPIENT_LIMIT')),
    skipped_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (job_id, event)
  );

  -- Reserves a mail, or records that it is skipped. The lock admits one caller per recipient at a time, over all
  -- processes; later statements see what others committed before. A reservation older than the window counts again,
  -- because its mail is sent now.
  CREATE FUNCTION reserve_mail(job uuid, event_name text, recipient bytea, most integer, span interval)
  RETURNS text LANGUAGE plpgsql AS $$
  DECLARE owner record;
  BEGIN
    PERFORM pg_advisory_xact_lock(${RECIPIENT_LOCK}, hashtext(encode(recipient, 'hex')));
    -- An erasure waits for this, and then finds the reservation.
    SELECT j.tenant_ref, j.user_ref INTO owner FROM export_jobs j WHERE j.job_id = job FOR KEY SHARE;
    IF NOT FOUND THEN RETURN 'GONE'; END IF;
    IF EXISTS (SELECT FROM mail_reservations r
      WHERE r.job_id = job AND r.event = event_name AND r.reserved_at > clock_timestamp() - span)
    THEN RETURN 'RESERVED'; END IF;
    IF most <= (SELECT count(*) FROM mail_reservations r
      WHERE r.recipient_hash = recipient AND r.reserved_at > clock_timestamp() - span)
    THEN
      INSERT INTO skipped_mails (job_id, event, reason) VALUES (job, event_name, 'RECIPIENT_LIMIT') ON CONFLICT DO NOTHING;
      RETURN 'SKIPPED';
    END IF;
    DELETE FROM skipped_mails s WHERE s.job_id = job AND s.event = event_name;
    INSERT INTO mail_reservations VALUES (job, event_name, owner.tenant_ref, owner.user_ref, recipient, clock_timestamp())
      ON CONFLICT (job_id, event) DO UPDATE SET reserved_at = excluded.reserved_at;
    RETURN 'RESERVED';
  END $$;
`;

const SAVED_EXPORTS = `
  CREATE TABLE saved_exports (
    saved_export_id uuid PRIMARY KEY,
    tenant_ref text NOT NULL,
    user_ref text NOT NULL,
    name text NOT NULL,
    shared boolean NOT NULL,
    -- As its user sent it: relative date ranges are resolved at each run.
    request jsonb NOT NULL,
    -- Of the call that created it, for calls repeated with the same Idempotency-Key.
    request_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
  CREATE INDEX saved_exports_of_tenant ON saved_exports (tenant_ref, created_at DESC, saved_export_id DESC);
  CREATE INDEX saved_exports_of_user ON saved_exports (tenant_ref, user_ref);

  -- Returns the new row, the row that an earlier call created, or none if the user has saved too many.
  CREATE FUNCTION save_export(id uuid, tenant text, owner text, title text, is_shared boolean, body jsonb, hash text,
    most integer)
  RETURNS SETOF saved_exports LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(${SAVED_LOCK}, hashtext(tenant || E'\\n' || owner));
    RETURN QUERY SELECT * FROM saved_exports s WHERE s.saved_export_id = id;
    IF FOUND THEN RETURN; END IF;
    IF most <= (SELECT count(*) FROM saved_exports s WHERE s.tenant_ref = tenant AND s.user_ref = owner)
    THEN RETURN; END IF;
    RETURN QUERY INSERT INTO saved_exports (saved_export_id, tenant_ref, user_ref, name, shared, request, request_hash)
      VALUES (id, tenant, owner, title, is_shared, body, hash) RETURNING *;
  END $$;
`;

/** Every table of the service. */
export function up(migration: MigrationBuilder): void {
  for (const tables of [EXPORTS, WEBHOOKS, PLACES, MAILS, SAVED_EXPORTS]) migration.sql(tables);
}

export function down(migration: MigrationBuilder): void {
  migration.sql(`
    DROP FUNCTION save_export, reserve_mail, reserve_schedule, take_tenant_place;
    DROP TABLE saved_exports, skipped_mails, mail_reservations, schedule_reservations, tenant_places, webhook_secret_versions,
      webhook_receivers_gone, webhook_deliveries, export_segments, export_jobs;
  `);
}
