/** Deliveries, receivers that are gone, and versions of secrets. */
export const WEBHOOKS = `
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
