import type { MigrationBuilder } from 'node-pg-migrate';

/** Of advisory locks: which limit is being counted. The other half of the key is the recipient. */
const RECIPIENT_LOCK = 1_722_003;

export function up(migration: MigrationBuilder): void {
  migration.sql(`
    -- Mails that count against their recipient's limit: one row per job and event, however often it is attempted. No
    -- foreign key: deleting an export must not free its mails' places.
    CREATE TABLE mail_reservations (
      job_id uuid NOT NULL,
      event text NOT NULL,
      -- Whose export it is, so that erasing a user erases these, too.
      tenant_id uuid NOT NULL,
      user_id uuid NOT NULL,
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

    -- Reserves a mail, or records that it is skipped. One at a time for each recipient, over all processes: statements
    -- after the lock see what others committed before. A reservation that has left the window counts anew, because its
    -- mail is sent now.
    CREATE FUNCTION reserve_mail(job uuid, told text, recipient bytea, most integer, span interval)
    RETURNS text LANGUAGE plpgsql AS $$
    DECLARE owner record;
    BEGIN
      PERFORM pg_advisory_xact_lock(${RECIPIENT_LOCK}, hashtext(encode(recipient, 'hex')));
      -- An erasure waits for this, and then finds the reservation.
      SELECT j.tenant_id, j.user_id INTO owner FROM export_jobs j WHERE j.job_id = job FOR KEY SHARE;
      IF NOT FOUND THEN RETURN 'GONE'; END IF;
      IF EXISTS (SELECT FROM mail_reservations r
        WHERE r.job_id = job AND r.event = told AND r.reserved_at > clock_timestamp() - span)
      THEN RETURN 'RESERVED'; END IF;
      IF most <= (SELECT count(*) FROM mail_reservations r
        WHERE r.recipient_hash = recipient AND r.reserved_at > clock_timestamp() - span)
      THEN
        INSERT INTO skipped_mails (job_id, event, reason) VALUES (job, told, 'RECIPIENT_LIMIT') ON CONFLICT DO NOTHING;
        RETURN 'SKIPPED';
      END IF;
      DELETE FROM skipped_mails s WHERE s.job_id = job AND s.event = told;
      INSERT INTO mail_reservations VALUES (job, told, owner.tenant_id, owner.user_id, recipient, clock_timestamp())
        ON CONFLICT (job_id, event) DO UPDATE SET reserved_at = excluded.reserved_at;
      RETURN 'RESERVED';
    END $$;
  `);
}

export function down(migration: MigrationBuilder): void {
  migration.sql('DROP FUNCTION reserve_mail; DROP TABLE skipped_mails; DROP TABLE mail_reservations;');
}
