import { RECIPIENT_LOCK } from './locks.js';

/** Emails that count against a limit, and those that were skipped. */
export const MAILS = `
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
    reason text NOT NULL CHECK (reason IN ('RECIPIENT_LIMIT', 'NOT_CONFIGURED')),
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
      INSERT INTO skipped_mails AS s (job_id, event, reason) VALUES (job, event_name, 'RECIPIENT_LIMIT')
        ON CONFLICT (job_id, event) DO UPDATE SET reason = excluded.reason, skipped_at = excluded.skipped_at
        WHERE s.reason <> excluded.reason;
      RETURN 'SKIPPED';
    END IF;
    DELETE FROM skipped_mails s WHERE s.job_id = job AND s.event = event_name;
    INSERT INTO mail_reservations VALUES (job, event_name, owner.tenant_ref, owner.user_ref, recipient, clock_timestamp())
      ON CONFLICT (job_id, event) DO UPDATE SET reserved_at = excluded.reserved_at;
    RETURN 'RESERVED';
  END $$;
`;
