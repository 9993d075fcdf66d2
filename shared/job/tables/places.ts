import { TENANT_LOCK, SCHEDULE_LOCK } from './locks.js';

/** Limits that hold across all processes. */
export const PLACES = `
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
    -- The user whom its exports are made for.
    for_ref text NOT NULL,
    schedule_id uuid NOT NULL,
    reserved_until timestamptz NOT NULL
  );

  -- Reserves a place for a schedule and returns the user's earlier reservations.
  CREATE FUNCTION reserve_schedule(reservation uuid, tenant text, owner text, beneficiary text, schedule uuid,
    lease interval)
  RETURNS uuid[] LANGUAGE plpgsql AS $$
  DECLARE earlier uuid[];
  BEGIN
    PERFORM pg_advisory_xact_lock(${SCHEDULE_LOCK}, hashtext(tenant || E'\\n' || owner));
    -- For all users: this one may not come back for a long time.
    DELETE FROM schedule_reservations WHERE reserved_until < clock_timestamp();
    SELECT array_agg(r.schedule_id) INTO earlier FROM schedule_reservations r
      WHERE r.tenant_ref = tenant AND r.user_ref = owner;
    INSERT INTO schedule_reservations VALUES (reservation, tenant, owner, beneficiary, schedule, clock_timestamp() + lease);
    RETURN coalesce(earlier, '{}');
  END $$;
`;
