/** Ids that an erasure has deleted, and that must not come back. */
export const ERASED_IDS = `
  -- Ids of exports and schedules. Rows of export_jobs with one of them can't be inserted.
  CREATE TABLE erased_ids (
    id uuid PRIMARY KEY,
    -- The schedule in Temporal, until the sweep has checked that it doesn't exist.
    temporal_id text,
    erased_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );

  -- Erased users, by the keyed hash that the audit log uses. A row that one of them requested on behalf of somebody
  -- else, and that is inserted only after the erasure, forgets them.
  CREATE TABLE erased_requesters (
    tenant_ref text NOT NULL,
    user_hash text NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_ref, user_hash)
  );
`;
