import { z } from 'zod';
import { auditParameter, insertAudit, type AuditEvent } from '../audit/event.js';
import { NOTIFICATION_EVENTS, type NotificationEvent } from '../contract.js';
import { namingFaults, type Pool } from '../postgres.js';

/** Number of attempts that a job's list shows: the retry schedule of each event has ten. */
const SHOWN_DELIVERIES = 100;
/** Maximum rotations per tenant and day: each replaced secret keeps signing for a day, in the same header. */
const ROTATIONS_A_DAY = 5;
/** Longer than any attempt: a delivery still marked as sending after this has lost its worker. */
const LOST_AFTER = `interval '1 minute'`;

export const DELIVERY_STATUSES = ['SENDING', 'DELIVERED', 'FAILED', 'UNKNOWN'] as const;

const deliverySchema = z.object({
  delivery_id: z.string(),
  webhook_id: z.string(),
  event: z.enum(NOTIFICATION_EVENTS),
  attempt: z.number(),
  host: z.string(),
  /** `UNKNOWN`: the worker died before it could record a result; derived when the row is read. */
  status: z.enum(DELIVERY_STATUSES),
  http_status: z.number().nullable(),
  error: z.string().nullable(),
  started_at: z.date(),
  ended_at: z.date().nullable(),
  next_attempt_at: z.date().nullable(),
});
export type DeliveryRow = z.infer<typeof deliverySchema>;

const versionSchema = z.object({ version: z.number(), created_at: z.date(), is_fresh: z.boolean() });

const begunSchema = z.tuple([z.object({ delivery_id: z.string(), attempt_of_run: z.number() })]);

export interface NewDelivery {
  readonly jobId: string;
  readonly event: NotificationEvent;
  readonly webhookId: string;
  readonly host: string;
  /** The workflow run that this series of attempts belongs to. */
  readonly runId: string;
}

export interface BegunDelivery {
  readonly deliveryId: string;
  /** Number of the attempt within its run, from 1. */
  readonly attemptOfRun: number;
}

export interface DeliveryEnd {
  readonly status: 'DELIVERED' | 'FAILED';
  readonly httpStatus: number | null;
  readonly error: string | null;
  /** Delay until the next attempt, ms; null if there is none. */
  readonly nextInMs: number | null;
}

export interface SecretVersions {
  /** The newest version and those replaced less than a day ago; newest first. */
  readonly signing: readonly [number, ...number[]];
  readonly rotatedAt: Date | null;
}

/**
 * Stores webhook deliveries and secret versions. Every method throws ServiceError JOB_STORE_UNAVAILABLE if the database
 * is unavailable.
 */
export class WebhookStore {
  constructor(private readonly pool: Pool) {}

  private async rows(sql: string, values: readonly unknown[]): Promise<unknown[]> {
    return namingFaults('JOB_STORE_UNAVAILABLE', 'The job database', async () => {
      const { rows } = await this.pool.query<Record<string, unknown>>(sql, [...values]);
      return rows;
    });
  }

  /** Recorded before sending, so that an attempt is known even if its worker dies. */
  async begin({ jobId, event, webhookId, host, runId }: NewDelivery): Promise<BegunDelivery> {
    const rows = await this.rows(
      `WITH before AS (SELECT * FROM webhook_deliveries WHERE webhook_id = $3)
       INSERT INTO webhook_deliveries (job_id, event, webhook_id, host, run_id, attempt)
       SELECT $1, $2, $3, $4, $5, 1 + coalesce(max(attempt), 0) FROM before
       RETURNING delivery_id, (SELECT 1 + count(*) FROM before WHERE run_id = $5) AS attempt_of_run`,
      [jobId, event, webhookId, host, runId],
    );
    const [{ delivery_id: deliveryId, attempt_of_run: attemptOfRun }] = begunSchema.parse(rows);
    return { deliveryId, attemptOfRun };
  }

  async end(deliveryId: string, { status, httpStatus, error, nextInMs }: DeliveryEnd): Promise<void> {
    await this.rows(
      `UPDATE webhook_deliveries SET status = $2, http_status = $3, error = $4, ended_at = now(),
         next_attempt_at = now() + make_interval(secs => $5) WHERE delivery_id = $1`,
      [deliveryId, status, httpStatus, error, nextInMs === null ? null : nextInMs / 1000],
    );
  }

  async isDelivered(webhookId: string): Promise<boolean> {
    const sql = `SELECT 1 FROM webhook_deliveries WHERE webhook_id = $1 AND status = 'DELIVERED' LIMIT 1`;
    return (await this.rows(sql, [webhookId])).length > 0;
  }

  /** A job's attempts, newest first. */
  async list(jobId: string): Promise<DeliveryRow[]> {
    const rows = await this.rows(
      `SELECT delivery_id, webhook_id, event, attempt, host, http_status, error, started_at, ended_at, next_attempt_at,
         CASE WHEN status = 'SENDING' AND started_at < now() - ${LOST_AFTER} THEN 'UNKNOWN' ELSE status END AS status
       FROM webhook_deliveries WHERE job_id = $1 ORDER BY started_at DESC, attempt DESC LIMIT ${SHOWN_DELIVERIES}`,
      [jobId],
    );
    return rows.map((row) => deliverySchema.parse(row));
  }

  /** Two concurrent calls may both insert a row; either of them is enough. */
  async markGone(tenantId: string, url: string): Promise<void> {
    await this.rows(
      `INSERT INTO webhook_receivers_gone (tenant_ref, url) SELECT $1, $2
       WHERE NOT EXISTS (SELECT FROM webhook_receivers_gone WHERE tenant_ref = $1 AND url = $2)`,
      [tenantId, url],
    );
  }

  async unmarkGone(tenantId: string, url: string): Promise<void> {
    await this.rows('DELETE FROM webhook_receivers_gone WHERE tenant_ref = $1 AND url = $2', [tenantId, url]);
  }

  async isGone(tenantId: string, url: string): Promise<boolean> {
    const sql = 'SELECT 1 FROM webhook_receivers_gone WHERE tenant_ref = $1 AND url = $2';
    return (await this.rows(sql, [tenantId, url])).length > 0;
  }

  async secretVersions(tenantId: string): Promise<SecretVersions> {
    const rows = await this.rows(
      `SELECT version, created_at, created_at > now() - interval '1 day' AS is_fresh
       FROM webhook_secret_versions WHERE tenant_ref = $1 ORDER BY version DESC`,
      [tenantId],
    );
    const versions = rows.map((row) => versionSchema.parse(row));
    const replaced = versions.filter(({ is_fresh }) => is_fresh).map(({ version }) => version - 1);
    return { signing: [versions[0]?.version ?? 1, ...replaced], rotatedAt: versions[0]?.created_at ?? null };
  }

  /**
   * Increments the version. Two concurrent calls increment it once, and both succeed.
   * @param event recorded if the version was incremented
   * @returns false after too many rotations within a day
   */
  async rotateSecret(tenantId: string, event: AuditEvent): Promise<boolean> {
    const rows = await this.rows(
      `WITH known AS (SELECT * FROM webhook_secret_versions WHERE tenant_ref = $1),
         fresh AS (SELECT count(*) < $2 AS allowed FROM known WHERE created_at > now() - interval '1 day'),
         raised AS (INSERT INTO webhook_secret_versions (tenant_ref, version)
           SELECT $1, 1 + coalesce((SELECT max(version) FROM known), 1) FROM fresh WHERE allowed ON CONFLICT DO NOTHING
           RETURNING version),
         event AS (${insertAudit(3, 'raised')})
       SELECT allowed FROM fresh`,
      [tenantId, ROTATIONS_A_DAY, auditParameter(event)],
    );
    return z.tuple([z.object({ allowed: z.boolean() })]).parse(rows)[0].allowed;
  }
}
