/** What an erasure has deleted, and must not come back. */
export const ERASED_IDS = `
  -- Ids of exports and schedules. Rows of export_jobs with one of them can't be inserted.
  CREATE TABLE erased_ids (
    id uuid PRIMARY KEY,
    -- The schedule in Temporal, until the sweep has checked that it doesn't exist.
    temporal_id text,
    erased_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
`;
