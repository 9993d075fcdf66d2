import { z } from 'zod';
import { NOTIFICATION_EVENTS, type NotificationEvent } from '../contract.js';
import { namingFaults, type Pool } from '../postgres.js';

/** Attempts that a job's list shows: the schedule of each event has ten. */
const SHOWN_DELIVERIES = 100;
/** Rotations that a tenant may make within a day: each replaced secret signs for a day, in the same header. */
const ROTATIONS_A_DAY = 5;
/** Longer than an attempt may take: what is still being sent then lost its worker. */
const LOST_AFTER = `interval '1 minute'`;

export const DELIVERY_STATUSES = ['SENDING', 'DELIVERED', 'FAILED', 'UNKNOWN'] as const;

const deliverySchema = z.object({
  delivery_id: z.string(),
  webhook_id: z.string(),
  event: z.enum(NOTIFICATION_EVENTS),
  attempt: z.number(),
  host: z.string(),
  /** `UNKNOWN`: its worker died before it could write down an answer; derived when it is read. */
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
  /** The workflow run that its schedule of attempts belongs to. */
  readonly runId: string;
}

export interface BegunDelivery {
  readonly deliveryId: string;
  /** Which attempt of its run this is, from 1. */
  readonly attemptOfRun: number;
}

export interface DeliveryEnd {
  readonly status: 'DELIVERED' | 'FAILED';
  readonly httpStatus: number | null;
  readonly error: string | null;
  /** Until the next attempt, ms; null when there is none. */
  readonly nextInMs: number | null;
}

export interface SecretVersions {
  /** The newest, and every one that was replaced less than a day ago; newest first. */
  readonly signing: readonly [number, ...number[]];
  readonly rotatedAt: Date | null;
}

/**
 * What became of webhooks, and which of a tenant's secrets are valid.
 * Every method throws ServiceError JOB_STORE_UNAVAILABLE when the database does not answer.
 */
export class WebhookStore {
  constructor(private readonly pool: Pool) {}

  private async rows(sql: string, values: readonly unknown[]): Promise<unknown[]> {
    return namingFaults('JOB_STORE_UNAVAILABLE', 'The job database', async () => {
      const { rows } = await this.pool.query<Record<string, unknown>>(sql, [...values]);
      return rows;
    });
  }

  /** Before it is sent: an attempt whose worker dies is known, too. */
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

  /** Attempts of a job, newest first. */
  async list(jobId: string): Promise<DeliveryRow[]> {
    const rows = await this.rows(
      `SELECT delivery_id, webhook_id, event, attempt, host, http_status, error, started_at, ended_at, next_attempt_at,
         CASE WHEN status = 'SENDING' AND started_at < now() - ${LOST_AFTER} THEN 'UNKNOWN' ELSE status END AS status
       FROM webhook_deliveries WHERE job_id = $1 ORDER BY started_at DESC, attempt DESC LIMIT ${SHOWN_DELIVERIES}`,
      [jobId],
    );
    return rows.map((row) => deliverySchema.parse(row));
  }

  async markGone(tenantId: string, url: string): Promise<void> {
    const sql = 'INSERT INTO webhook_receivers_gone (tenant_id, url) VALUES ($1, $2) ON CONFLICT DO NOTHING';
    await this.rows(sql, [tenantId, url]);
  }

  async unmarkGone(tenantId: string, url: string): Promise<void> {
    await this.rows('DELETE FROM webhook_receivers_gone WHERE tenant_id = $1 AND url = $2', [tenantId, url]);
  }

  async isGone(tenantId: string, url: string): Promise<boolean> {
    const sql = 'SELECT 1 FROM webhook_receivers_gone WHERE tenant_id = $1 AND url = $2';
    return (await this.rows(sql, [tenantId, url])).length > 0;
  }

  async secretVersions(tenantId: string): Promise<SecretVersions> {
    const rows = await this.rows(
      `SELECT version, created_at, created_at > now() - interval '1 day' AS is_fresh
       FROM webhook_secret_versions WHERE tenant_id = $1 ORDER BY version DESC`,
      [tenantId],
    );
    const versions = rows.map((row) => versionSchema.parse(row));
    const replaced = versions.filter(({ is_fresh }) => is_fresh).map(({ version }) => version - 1);
    return { signing: [versions[0]?.version ?? 1, ...replaced], rotatedAt: versions[0]?.created_at ?? null };
  }

  /**
   * Raises the version. Of two at the same moment one does, and both have rotated.
   * @returns false when that happened too often within a day
   */
  async rotateSecret(tenantId: string): Promise<boolean> {
    const rows = await this.rows(
      `WITH known AS (SELECT * FROM webhook_secret_versions WHERE tenant_id = $1),
         fresh AS (SELECT count(*) < $2 AS allowed FROM known WHERE created_at > now() - interval '1 day'),
         raised AS (INSERT INTO webhook_secret_versions (tenant_id, version)
           SELECT $1, 1 + coalesce((SELECT max(version) FROM known), 1) FROM fresh WHERE allowed ON CONFLICT DO NOTHING)
       SELECT allowed FROM fresh`,
      [tenantId, ROTATIONS_A_DAY],
    );
    return z.tuple([z.object({ allowed: z.boolean() })]).parse(rows)[0].allowed;
  }
}
