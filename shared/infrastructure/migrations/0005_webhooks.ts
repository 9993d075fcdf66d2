import type { MigrationBuilder } from 'node-pg-migrate';

export function up(migration: MigrationBuilder): void {
  migration.sql(`
    -- One attempt a row, made before it is sent.
    CREATE TABLE webhook_deliveries (
      delivery_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      job_id uuid NOT NULL REFERENCES export_jobs ON DELETE CASCADE,
      event text NOT NULL,
      webhook_id text NOT NULL,
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

    -- Receivers that have answered 410: nothing is sent there until a delivery is asked for and succeeds.
    CREATE TABLE webhook_receivers_gone (
      tenant_id uuid NOT NULL,
      url text NOT NULL,
      gone_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, url)
    );

    -- A tenant without a row has version 1. No secret is in here: they are derived from WEBHOOK_KEY.
    CREATE TABLE webhook_secret_versions (
      tenant_id uuid NOT NULL,
      version integer NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, version)
    );
  `);
}

export function down(migration: MigrationBuilder): void {
  migration.sql(
    'DROP TABLE webhook_secret_versions; DROP TABLE webhook_receivers_gone; DROP TABLE webhook_deliveries;',
  );
}
