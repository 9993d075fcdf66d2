/** Who did what, and when. */
export const AUDIT = `
  -- Append-only: nothing changes or deletes a row except the two functions below. No foreign keys: events outlive their
  -- exports.
  CREATE TABLE audit_events (
    event_id uuid PRIMARY KEY,
    -- Milliseconds, because the cursors of lists have no more.
    occurred_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    tenant_ref text NOT NULL,
    action text NOT NULL,
    -- Who did it; null for somebody with a link, for an operator, and once the user is erased.
    actor_ref text,
    actor_hash text,
    -- Whose data or exports it is about.
    subject_ref text,
    subject_hash text,
    -- Clients may choose it: up to 128 letters, digits and _.:-
    request_id text,
    address text,
    job_id uuid,
    schedule_id uuid,
    details jsonb NOT NULL
  );
  CREATE INDEX audit_of_tenant ON audit_events (tenant_ref, occurred_at DESC, event_id DESC);
  CREATE INDEX audit_of_subject ON audit_events (tenant_ref, subject_ref, occurred_at DESC, event_id DESC);
  CREATE INDEX audit_of_erased ON audit_events (tenant_ref, subject_hash, occurred_at DESC, event_id DESC)
    WHERE subject_hash IS NOT NULL;
  CREATE INDEX audit_of_action ON audit_events (tenant_ref, action, occurred_at DESC, event_id DESC);
  CREATE INDEX audit_of_job ON audit_events (tenant_ref, job_id, occurred_at DESC, event_id DESC)
    WHERE job_id IS NOT NULL;
  CREATE INDEX audit_of_actor ON audit_events (tenant_ref, actor_ref, occurred_at DESC, event_id DESC)
    WHERE actor_ref IS NOT NULL;
  CREATE INDEX audit_of_erased_actor ON audit_events (tenant_ref, actor_hash, occurred_at DESC, event_id DESC)
    WHERE actor_hash IS NOT NULL;
  -- What was done to a schedule, without its many exports.
  CREATE INDEX audit_of_schedule ON audit_events (schedule_id, occurred_at DESC, event_id DESC)
    WHERE action LIKE 'schedule.%';
  CREATE INDEX audit_by_age ON audit_events (occurred_at);

  CREATE FUNCTION keep_audit_events() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF coalesce(current_setting('export.audit_upkeep', true), '') <> 'on' THEN
      RAISE EXCEPTION 'audit_events is append-only';
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER keep_audit_events BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_events();

  -- Replaces a user by a hash, and forgets the addresses and request ids that they used. Request ids of others about
  -- the user are forgotten if they contain the user's id.
  CREATE FUNCTION erase_from_audit(tenant text, erased text, hash text)
  RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    -- Not a SET clause, which only a superuser may have for a parameter of our own.
    PERFORM set_config('export.audit_upkeep', 'on', true);
    UPDATE audit_events e SET subject_ref = NULL, subject_hash = hash,
      actor_ref = CASE WHEN e.actor_ref = erased THEN NULL ELSE e.actor_ref END,
      actor_hash = CASE WHEN e.actor_ref = erased THEN hash ELSE e.actor_hash END,
      address = CASE WHEN e.actor_ref = erased THEN NULL ELSE e.address END,
      request_id = CASE WHEN e.actor_ref = erased OR strpos(lower(e.request_id), lower(erased)) > 0 THEN NULL
        ELSE e.request_id END
    WHERE e.tenant_ref = tenant AND e.subject_ref = erased;
    UPDATE audit_events e SET actor_ref = NULL, actor_hash = hash, address = NULL, request_id = NULL
    WHERE e.tenant_ref = tenant AND e.actor_ref = erased AND e.actor_ref IS DISTINCT FROM e.subject_ref;
    PERFORM set_config('export.audit_upkeep', '', true);
  END $$;

  -- Deletes up to that many of the events that are older.
  CREATE FUNCTION delete_old_audit(age interval, most integer)
  RETURNS integer LANGUAGE plpgsql AS $$
  DECLARE deleted integer;
  BEGIN
    PERFORM set_config('export.audit_upkeep', 'on', true);
    DELETE FROM audit_events WHERE event_id IN (
      SELECT e.event_id FROM audit_events e WHERE e.occurred_at < now() - age ORDER BY e.occurred_at LIMIT most);
    GET DIAGNOSTICS deleted = ROW_COUNT;
    PERFORM set_config('export.audit_upkeep', '', true);
    RETURN deleted;
  END $$;
`;
