import type { MigrationBuilder } from 'node-pg-migrate';

/** Of advisory locks: which limit is being counted. The other half of the key is the tenant, or the user. */
const TENANT_LOCK = 1_722_001;
const SCHEDULE_LOCK = 1_722_002;

export function up(migration: MigrationBuilder): void {
  migration.sql(`
    -- Exports that count against MAX_ACTIVE_EXPORTS_PER_TENANT before their row is there, and after.
    CREATE TABLE tenant_places (
      job_id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      -- Until then the place is taken though there is no row: a process may have died between the two.
      reserved_until timestamptz NOT NULL
    );
    CREATE INDEX tenant_places_of_tenant ON tenant_places (tenant_id);

    -- Takes a place of a tenant for an export, or refuses. One at a time for each tenant, over all processes. Each
    -- statement sees what was committed before the lock was had, which the parts of a single one would not.
    CREATE FUNCTION take_tenant_place(job uuid, tenant uuid, most integer, beside text[], lease interval)
    RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(${TENANT_LOCK}, hashtext(tenant::text));
      DELETE FROM tenant_places p WHERE p.tenant_id = tenant AND CASE
        WHEN EXISTS (SELECT FROM export_jobs j WHERE j.job_id = p.job_id)
        THEN NOT EXISTS (SELECT FROM export_jobs j WHERE j.job_id = p.job_id AND j.status IN ('QUEUED', 'PROCESSING'))
        ELSE p.reserved_until < clock_timestamp() END;
      UPDATE tenant_places p SET reserved_until = clock_timestamp() + lease WHERE p.job_id = job;
      IF FOUND THEN RETURN true; END IF;
      IF most <= (SELECT count(*) FROM (
        (SELECT j.job_id FROM export_jobs j WHERE j.tenant_id = tenant AND j.status = ANY (beside)
           AND j.status IN ('QUEUED', 'PROCESSING') AND j.job_id <> job LIMIT most)
        UNION (SELECT p.job_id FROM tenant_places p WHERE p.tenant_id = tenant LIMIT most)) AS busy)
      THEN RETURN false; END IF;
      INSERT INTO tenant_places VALUES (job, tenant, clock_timestamp() + lease);
      RETURN true;
    END $$;

    -- Schedules that are being created: Temporal lists a new one a moment later.
    CREATE TABLE schedule_reservations (
      reservation_id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      user_id uuid NOT NULL,
      schedule_id uuid NOT NULL,
      reserved_until timestamptz NOT NULL
    );

    -- Reserves a place for a schedule, and answers which schedules of its user had been reserved before.
    CREATE FUNCTION reserve_schedule(reservation uuid, tenant uuid, owner uuid, schedule uuid, lease interval)
    RETURNS uuid[] LANGUAGE plpgsql AS $$
    DECLARE earlier uuid[];
    BEGIN
      PERFORM pg_advisory_xact_lock(${SCHEDULE_LOCK}, hashtext(tenant::text || owner::text));
      -- Of all users: the next one to come may be a long way off.
      DELETE FROM schedule_reservations WHERE reserved_until < clock_timestamp();
      SELECT array_agg(r.schedule_id) INTO earlier FROM schedule_reservations r
        WHERE r.tenant_id = tenant AND r.user_id = owner;
      INSERT INTO schedule_reservations VALUES (reservation, tenant, owner, schedule, clock_timestamp() + lease);
      RETURN coalesce(earlier, '{}');
    END $$;
  `);
}

export function down(migration: MigrationBuilder): void {
  migration.sql(`
    DROP FUNCTION reserve_schedule; DROP TABLE schedule_reservations;
    DROP FUNCTION take_tenant_place; DROP TABLE tenant_places;
  `);
}
