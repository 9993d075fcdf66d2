import { z } from 'zod';
import { columnName, type ActiveJob, type ColumnChoice } from '../contract.js';
import type { ColumnsUsed } from '../datasets/column-rights.js';
import { ServiceError } from '../errors.js';
import type { FormatOptions } from '../formats/format-options.js';
import { auditParameter, insertAudit, type AuditEvent } from '../audit/event.js';
import { namingFaults } from '../postgres.js';
import { ACTIVE, JobLifecycle } from './lifecycle.js';
import { listConditions, type ListFilter } from './list-filter.js';
import { JOB_COLUMNS, LISTED_COLUMNS, type JobRow } from './row.js';

export interface JobOwner {
  readonly userId: string;
  readonly tenantId: string;
}

export interface ListQuery extends JobOwner, ListFilter {
  readonly limit: number;
  /** The last job of the previous page. */
  readonly after?: { readonly createdAt: Date; readonly id: string } | undefined;
}

/** What comparable exports have in common. */
export interface Shape {
  readonly tenantId: string;
  readonly type: string;
  readonly format: string;
  readonly columns: readonly ColumnChoice[];
  readonly options: FormatOptions;
  /** The columns with their masks, by dataset: files that show more or less have other sizes. */
  readonly used: ColumnsUsed;
  /** Whether the file depends on who asks. If so, only exports with the same columns and masks are comparable. */
  readonly isRestricted: boolean;
}

/** The size of a completed export, and how long it took. */
export interface Finished {
  readonly rowCount: number;
  /** Bytes. */
  readonly fileSize: number;
  readonly seconds: number;
}

/** The names of a job's columns, without their headers. */
const COLUMN_NAMES = `(SELECT coalesce(jsonb_agg(coalesce(c.choice -> 'name', c.choice) ORDER BY c.position), '[]')
  FROM jsonb_array_elements(columns) WITH ORDINALITY AS c (choice, position))`;

const activeCountSchema = z.object({ state: z.string(), count: z.number(), oldestSeconds: z.number() });
export type ActiveCount = z.infer<typeof activeCountSchema>;

const finishedSchema = z.object({ rowCount: z.number(), fileSize: z.number(), seconds: z.number() });

/**
 * Reads the rows of `export_jobs` and changes everything but their status. Plans and segments are in `plan-store.ts`.
 * Every method throws ServiceError JOB_STORE_UNAVAILABLE if the database doesn't answer.
 */
export class JobStore extends JobLifecycle {
  async find(jobId: string): Promise<JobRow | null> {
    const [row] = await this.rows(`SELECT ${JOB_COLUMNS} FROM export_jobs WHERE job_id = $1`, [jobId]);
    return row ?? null;
  }

  /** @throws ServiceError INTERNAL if the row doesn't exist */
  async get(jobId: string): Promise<JobRow> {
    const row = await this.find(jobId);
    if (row === null) throw new ServiceError('INTERNAL', `Job ${jobId} has no row.`);
    return row;
  }

  /**
   * A user's job.
   * @param asAdmin also one that the user requested on behalf of somebody else
   */
  async findOwned(jobId: string, { tenantId, userId }: JobOwner, asAdmin = false): Promise<JobRow | null> {
    const row = await this.find(jobId);
    if (row?.tenant_ref !== tenantId) return null;
    return row.user_ref === userId || (asAdmin && row.requested_by_ref === userId) ? row : null;
  }

  /**
   * Forgets that a user requested exports on behalf of others, with the user's addresses and keys, and what was sent to
   * them. In one statement: otherwise a file could show the requester's email address as its owner's. A planned file
   * stays the same, because the name that an archive shows is in its plan. Existing links are closed, because the
   * requester's rights can't be checked any more: a link is valid only with the row's exact expiry.
   */
  async forgetRequester({ tenantId, userId }: JobOwner, createdUntil = 'infinity'): Promise<void> {
    await this.change(
      `WITH forgotten AS (
         UPDATE export_jobs SET requested_by_ref = NULL, notify = notify - 'email' - 'webhook_url', idempotency_key = NULL,
           url_expires_at = url_expires_at - interval '1 second'
         WHERE tenant_ref = $1 AND requested_by_ref = $2 AND created_at <= $3 RETURNING job_id),
       skipped AS (DELETE FROM skipped_mails WHERE job_id IN (SELECT job_id FROM forgotten))
       DELETE FROM webhook_deliveries WHERE job_id IN (SELECT job_id FROM forgotten)`,
      [tenantId, userId, createdUntil],
    );
  }

  /** Newest first, without filters (`{}`) and columns (`[]`). Reads along the index of the user's jobs. */
  async list({ userId, tenantId, limit, after, ...filter }: ListQuery): Promise<JobRow[]> {
    const values: unknown[] = [tenantId, userId];
    const conditions = listConditions(filter, (value) => `$${values.push(value)}`);
    if (after !== undefined) {
      conditions.push(`(created_at, job_id) < ($${values.push(after.createdAt)}, $${values.push(after.id)}::uuid)`);
    }
    return this.rows(
      `SELECT ${LISTED_COLUMNS} FROM export_jobs
       WHERE ${['tenant_ref = $1', 'user_ref = $2', ...conditions].join(' AND ')}
       ORDER BY created_at DESC, job_id DESC LIMIT $${values.push(limit)}`,
      values,
    );
  }

  /** The initial state of a semaphore: PROCESSING jobs hold a slot, QUEUED ones wait for it. Oldest first. */
  async activeOf({ userId, tenantId }: JobOwner): Promise<ActiveJob[]> {
    const rows = await this.rows(
      `SELECT ${JOB_COLUMNS} FROM export_jobs
       WHERE tenant_ref = $1 AND user_ref = $2 AND status IN (${ACTIVE}) ORDER BY created_at, job_id`,
      [tenantId, userId],
    );
    return rows.map(({ job_id, status }) => ({
      jobId: job_id,
      status: status === 'PROCESSING' ? 'PROCESSING' : 'QUEUED',
    }));
  }

  /**
   * Records a user's cancel, as opposed to an operator's.
   * @param event recorded with the first request; null for an erasure, which has an event of its own
   * @returns false if the job isn't active
   */
  async requestCancel(jobId: string, event: AuditEvent | null): Promise<boolean> {
    const requested = `UPDATE export_jobs SET cancel_requested_at = coalesce(cancel_requested_at, now())
       WHERE job_id = $1 AND status IN (${ACTIVE})`;
    if (event === null) return this.change(requested, [jobId]);
    return this.change(
      // Concurrent requests wait for the lock of the first, and then see that the job is to be canceled.
      `WITH job AS (SELECT job_id, cancel_requested_at IS NULL AS is_first FROM export_jobs
         WHERE job_id = $1 AND status IN (${ACTIVE}) FOR UPDATE),
       first AS (SELECT job_id FROM job WHERE is_first),
       event AS (${insertAudit(2, 'first')})
       UPDATE export_jobs j SET cancel_requested_at = coalesce(j.cancel_requested_at, now()) FROM job WHERE j.job_id = job.job_id`,
      [jobId, auditParameter(event)],
    );
  }

  /** Progress never decreases, and reaches 100 only when the row is COMPLETED. */
  async raiseProgress(jobId: string, percent: number): Promise<void> {
    await this.change(
      `UPDATE export_jobs SET progress = greatest(progress, least($2, 99)) WHERE job_id = $1 AND status = 'PROCESSING'`,
      [jobId, percent],
    );
  }

  /**
   * Records that the file and leftovers are gone from the bucket. A COMPLETED job becomes EXPIRED; others keep their
   * status.
   */
  async markFileDeleted(jobId: string): Promise<void> {
    await this.change(
      `WITH gone AS (DELETE FROM export_segments WHERE job_id = $1)
       UPDATE export_jobs SET file_deleted_at = coalesce(file_deleted_at, now()), plan = NULL, upload_id = NULL
       WHERE job_id = $1`,
      [jobId],
    );
  }

  /** How many exports are active, and the age of the oldest request. Uses only the index of active jobs. */
  async countActive(): Promise<ActiveCount[]> {
    return namingFaults('JOB_STORE_UNAVAILABLE', 'The job database', async () => {
      const { rows } = await this.pool.query(
        `SELECT status AS state, count(*) AS count, extract(epoch FROM now() - min(created_at))::float8 AS "oldestSeconds"
         FROM export_jobs WHERE status IN (${ACTIVE}) GROUP BY status`,
      );
      return z.array(activeCountSchema).parse(rows);
    });
  }

  /**
   * Jobs that have been active for longer than `olderThanMs`, ordered by id.
   * @param after the last id of the previous page
   */
  async activeSince(olderThanMs: number, limit: number, after?: string): Promise<JobRow[]> {
    return this.rows(
      `SELECT ${JOB_COLUMNS} FROM export_jobs WHERE status IN (${ACTIVE})
         AND created_at < now() - make_interval(secs => $1) AND ($3::uuid IS NULL OR job_id > $3)
       ORDER BY job_id LIMIT $2`,
      [olderThanMs / 1000, limit, after ?? null],
    );
  }

  /**
   * The tenant's latest completed exports of a dataset in a format and compression, from the last seven days: only
   * those with the same columns and masks if there are any, otherwise all, unless the file depends on who asks.
   */
  async recentlyFinished({ tenantId, type, format, columns, options, used, isRestricted }: Shape): Promise<Finished[]> {
    return namingFaults('JOB_STORE_UNAVAILABLE', 'The job database', async () => {
      const { rows } = await this.pool.query(
        `WITH alike AS (
           SELECT row_count, file_size, started_at, completed_at, ${COLUMN_NAMES} = $4::jsonb AND columns_used @> $6::jsonb AS same
           FROM export_jobs WHERE tenant_ref = $1 AND type = $2 AND format = $3 AND status = 'COMPLETED' AND row_count > 0
             AND completed_at > now() - interval '7 days' AND started_at IS NOT NULL
             AND coalesce(options ->> 'compression', '') = $5
         )
         SELECT row_count AS "rowCount", file_size AS "fileSize",
           extract(epoch FROM completed_at - started_at)::float8 AS seconds
         FROM alike WHERE same OR NOT ($7 OR EXISTS (SELECT FROM alike WHERE same))
         ORDER BY completed_at DESC LIMIT 20`,
        [
          ...[tenantId, type, format, JSON.stringify(columns.map(columnName)), String(options.compression ?? '')],
          ...[JSON.stringify(used), isRestricted],
        ],
      );
      return z.array(finishedSchema).parse(rows);
    });
  }

  /** COMPLETED jobs with a file whose link has expired. */
  async withExpiredFile(limit: number): Promise<JobRow[]> {
    return this.rows(
      `SELECT ${JOB_COLUMNS} FROM export_jobs WHERE status = 'COMPLETED' AND file_deleted_at IS NULL
         AND url_expires_at <= now() ORDER BY url_expires_at LIMIT $1`,
      [limit],
    );
  }

  /** Jobs that ended without a file longer ago than the retry window and still have an upload. */
  async withAbandonedUpload(retryWindowMs: number, limit: number): Promise<JobRow[]> {
    return this.rows(
      `SELECT ${JOB_COLUMNS} FROM export_jobs WHERE status IN ('FAILED', 'CANCELLED') AND upload_id IS NOT NULL
         AND completed_at < now() - make_interval(secs => $1) ORDER BY completed_at LIMIT $2`,
      [retryWindowMs / 1000, limit],
    );
  }

  /** Jobs that ended longer than `ttlMs` ago, oldest first, except those that still have a file or an upload. */
  async withOldRow(ttlMs: number, limit: number): Promise<JobRow[]> {
    return this.rows(
      `SELECT ${JOB_COLUMNS} FROM export_jobs WHERE completed_at < now() - make_interval(secs => $1)
         AND (status IN ('FAILED', 'CANCELLED') AND upload_id IS NULL
           OR status = 'COMPLETED' AND file_deleted_at IS NOT NULL)
       ORDER BY completed_at LIMIT $2`,
      [ttlMs / 1000, limit],
    );
  }

  /** Deletes the row of an ended job, with its segments and deliveries. @returns false if it is active or missing */
  async remove(jobId: string): Promise<boolean> {
    return this.change(`DELETE FROM export_jobs WHERE job_id = $1 AND status NOT IN (${ACTIVE})`, [jobId]);
  }
}
