import type { ColumnsUsed } from '../datasets/column-rights.js';
import type { SegmentSummary } from '../formats/encoding.js';
import { namingFaults, transaction, type Pool } from '../postgres.js';
import { statusAfter } from './lifecycle.js';
import {
  attemptSchema,
  committedSchema,
  uploadStateSchema,
  type Plan,
  type PlannedSegment,
  type SegmentAttempt,
  type SegmentPieces,
  type SegmentRecord,
  type UploadState,
} from './plan-schema.js';

export interface SegmentCommit {
  readonly jobId: string;
  readonly generation: number;
  readonly segment: number;
  readonly attempt: number;
  readonly rows: number;
  readonly bytes: number;
  readonly pieces: SegmentPieces;
  readonly summary: SegmentSummary;
}

/**
 * Plans, generations and segments of jobs. Everything that changes a generation is a compare-and-set on the job's row,
 * so only one of two concurrent changes has an effect. Every method throws ServiceError JOB_STORE_UNAVAILABLE if the
 * database doesn't answer.
 */
export class PlanStore {
  constructor(private readonly pool: Pool) {}

  private named<T>(work: () => Promise<T>): Promise<T> {
    return namingFaults('JOB_STORE_UNAVAILABLE', 'The job database', work);
  }

  async uploadState(jobId: string): Promise<UploadState | null> {
    return this.named(async () => {
      const { rows } = await this.pool.query(
        'SELECT generation, upload_id, file_key, plan FROM export_jobs WHERE job_id = $1',
        [jobId],
      );
      return rows.length === 0 ? null : uploadStateSchema.parse(rows[0]);
    });
  }

  /** @returns false if the generation has ended or already has a plan */
  async savePlan(
    job: { jobId: string; generation: number; fileKey: string; columnsUsed: ColumnsUsed },
    plan: Plan,
    segments: readonly PlannedSegment[],
  ): Promise<boolean> {
    return this.named(() =>
      transaction(this.pool, async (client) => {
        const { rowCount } = await client.query(
          `UPDATE export_jobs SET plan = $3, file_key = $4, total_rows = $5, columns_used = $6
           WHERE job_id = $1 AND generation = $2 AND plan IS NULL`,
          [
            ...[job.jobId, job.generation, JSON.stringify(plan), job.fileKey, plan.totalRows],
            JSON.stringify(job.columnsUsed),
          ],
        );
        if (rowCount === 0) return false;
        await client.query('DELETE FROM export_segments WHERE job_id = $1', [job.jobId]);
        const records = segments.map((segment, index) => ({ segment: index, ...segment }));
        await client.query(
          `INSERT INTO export_segments (job_id, segment, lower, upper, planned_rows, position, mode)
           SELECT $1, segment, lower, upper, rows, position, mode FROM jsonb_to_recordset($2::jsonb)
             AS planned (segment integer, lower text[], upper text[], rows bigint, position jsonb, mode text)`,
          [job.jobId, JSON.stringify(records)],
        );
        return true;
      }),
    );
  }

  /** @returns false if the generation has ended or already has an upload */
  async attachUpload(jobId: string, generation: number, uploadId: string): Promise<boolean> {
    return this.named(async () => {
      const { rowCount } = await this.pool.query(
        `UPDATE export_jobs SET upload_id = $3,
           status = ${statusAfter('remake')}
         WHERE job_id = $1 AND generation = $2 AND upload_id IS NULL`,
        [jobId, generation, uploadId],
      );
      return rowCount === 1;
    });
  }

  /** Begins the next generation: the plan, records and upload of this one no longer count. */
  async endGeneration(jobId: string, generation: number): Promise<boolean> {
    return this.named(() =>
      transaction(this.pool, async (client) => {
        const { rowCount } = await client.query(
          `UPDATE export_jobs SET generation = generation + 1, plan = NULL, upload_id = NULL, rows_exported = 0
           WHERE job_id = $1 AND generation = $2`,
          [jobId, generation],
        );
        if (rowCount === 1) await client.query('DELETE FROM export_segments WHERE job_id = $1', [jobId]);
        return rowCount === 1;
      }),
    );
  }

  /**
   * Counts an attempt, unless the segment is committed. Temporal's own number won't do, because it restarts at a reset.
   * @returns null if the generation has ended
   */
  async beginAttempt(jobId: string, generation: number, segment: number): Promise<SegmentAttempt | null> {
    return this.named(async () => {
      const { rows } = await this.pool.query(
        `UPDATE export_segments s SET attempt = s.attempt + CASE WHEN s.rows IS NULL THEN 1 ELSE 0 END
         FROM export_jobs j
         WHERE s.job_id = $1 AND s.segment = $3 AND j.job_id = s.job_id AND j.generation = $2 AND j.upload_id IS NOT NULL
         RETURNING s.attempt, s.lower, s.upper, s.planned_rows, s.mode, s.position, s.rows, j.upload_id, j.file_key, j.plan, j.type,
           j.format, j.options, j.filters, j.notify, j.tenant_ref, j.user_ref, j.requested_by_ref,
           (SELECT coalesce(sum(bytes), 0)::bigint FROM export_segments WHERE job_id = $1) AS bytes_committed`,
        [jobId, generation, segment],
      );
      return rows.length === 0 ? null : attemptSchema.parse(rows[0]);
    });
  }

  /**
   * Records a segment, all of it from one attempt, and updates the progress in the job's row.
   * @returns false if a later attempt or generation has taken over; then nothing is written
   */
  async commit({ jobId, generation, segment, attempt, rows, bytes, pieces, summary }: SegmentCommit): Promise<boolean> {
    return this.named(() =>
      transaction(this.pool, async (client) => {
        // Locks the job's row: two commits at once would each miss the other in their sums.
        const job = await client.query(
          'SELECT 1 FROM export_jobs WHERE job_id = $1 AND generation = $2 AND upload_id IS NOT NULL FOR UPDATE',
          [jobId, generation],
        );
        if (job.rowCount === 0) return false;
        const committed = await client.query(
          `UPDATE export_segments SET rows = $4, bytes = $5, parts = $6, summary = $7,
             upload_id = (SELECT upload_id FROM export_jobs WHERE job_id = $1)
           WHERE job_id = $1 AND segment = $2 AND attempt = $3 AND rows IS NULL`,
          [jobId, segment, attempt, rows, bytes, JSON.stringify(pieces), JSON.stringify(summary)],
        );
        if (committed.rowCount === 0) return false;
        await client.query(
          `WITH done AS (SELECT sum(rows)::bigint AS rows FROM export_segments WHERE job_id = $1)
           UPDATE export_jobs SET rows_exported = done.rows,
             progress = greatest(progress, least(99, coalesce(done.rows * 100 / nullif(total_rows, 0), 0)))
           FROM done WHERE job_id = $1`,
          [jobId],
        );
        return true;
      }),
    );
  }

  async segments(jobId: string): Promise<SegmentRecord[]> {
    return this.named(async () => {
      const { rows } = await this.pool.query(
        'SELECT segment, mode, rows, planned_rows, bytes, parts, position, summary FROM export_segments WHERE job_id = $1 ORDER BY segment',
        [jobId],
      );
      return rows.map((row) => committedSchema.parse(row));
    });
  }

  /** Undoes a commit, so that the segment runs again. */
  async runAgain(
    jobId: string,
    generation: number,
    { segment, mode, position }: Pick<SegmentRecord, 'segment' | 'mode' | 'position'>,
  ): Promise<void> {
    await this.named(() =>
      this.pool.query(
        `UPDATE export_segments s SET rows = NULL, bytes = NULL, parts = NULL, summary = NULL, upload_id = NULL, mode = $4,
           position = $5
         FROM export_jobs j WHERE s.job_id = $1 AND s.segment = $3 AND j.job_id = s.job_id AND j.generation = $2`,
        [jobId, generation, segment, mode, JSON.stringify(position)],
      ),
    );
  }
}
