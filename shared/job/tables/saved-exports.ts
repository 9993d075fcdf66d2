import { SAVED_LOCK } from './locks.js';

/** Requests that users keep under a name. */
export const SAVED_EXPORTS = `
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
    -- Milliseconds, because the cursors of lists have no more.
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
  CREATE INDEX saved_exports_of_tenant ON saved_exports (tenant_ref, created_at DESC, saved_export_id DESC);
  CREATE INDEX saved_exports_of_user ON saved_exports (tenant_ref, user_ref);

  -- Returns the new row, the row that an earlier call created (not new), or none if the user has saved too many.
  CREATE FUNCTION save_export(id uuid, tenant text, owner text, title text, is_shared boolean, body jsonb, hash text,
    most integer)
  RETURNS TABLE (saved saved_exports, is_new boolean) LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(${SAVED_LOCK}, hashtext(tenant || E'\\n' || owner));
    RETURN QUERY SELECT s, false FROM saved_exports s WHERE s.saved_export_id = id;
    IF FOUND THEN RETURN; END IF;
    IF most <= (SELECT count(*) FROM saved_exports s WHERE s.tenant_ref = tenant AND s.user_ref = owner)
    THEN RETURN; END IF;
    RETURN QUERY INSERT INTO saved_exports AS s (saved_export_id, tenant_ref, user_ref, name, shared, request, request_hash)
      VALUES (id, tenant, owner, title, is_shared, body, hash) RETURNING s, true;
  END $$;
`;
