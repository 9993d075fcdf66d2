import { z } from 'zod';
import type { FilterValue, SegmentMode } from '../contract.js';
import { COLUMN_TYPES } from '../datasets/define-dataset.js';
import type { SegmentPlace, SegmentSummary } from '../formats/encoding.js';
import type { Segment } from '../plan/segments.js';
import { namingFaults, transaction, type Pool } from '../postgres.js';
import { statusAfter } from './lifecycle.js';

const columnSchema = z.object({ name: z.string(), label: z.string(), type: z.enum(COLUMN_TYPES) });

/** The rows of one dataset. */
const plannedFileSchema = z.object({
  dataset: z.string(),
  title: z.string(),
  columns: z.array(columnSchema),
  query: z.object({ select: z.string(), from: z.string(), key: z.array(z.string()).readonly() }),
  /** Columns that computed ones are made from, read after the others; null by the text lane. */
  inputs: z.array(z.string()).readonly().nullable(),
  /** What the format has frozen. */
  layout: z.record(z.string(), z.unknown()),
});

/** What is frozen when an export is planned; head, segments and tail are made from it alone. */
export const planSchema = z.object({
  encoderVersion: z.number(),
  segments: z.number(),
  /** Bytes; every part but a segment's last has this size. */
  partSize: z.number(),
  totalRows: z.number(),
  /** Of the file: what it is planned by is a sample. */
  maxBytes: z.number(),
  files: z.array(plannedFileSchema),
  /** Set when the files are in one archive. */
  bundle: z.object({ serviceVersion: z.string() }).optional(),
  timezone: z.string(),
  plannedAt: z.string(),
});
export type Plan = z.infer<typeof planSchema>;

const placeSchema = z.record(z.string(), z.number()).transform((place) => place as SegmentPlace);

const uploadedPartSchema = z.object({ number: z.number(), size: z.number(), etag: z.string(), crc32: z.number() });
/** Where the bytes of a committed segment are. */
const piecesSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('parts'), parts: z.array(uploadedPartSchema) }),
  z.object({ kind: z.literal('held'), key: z.string(), crc32: z.number() }),
]);
export type SegmentPieces = z.infer<typeof piecesSchema>;

const attemptSchema = z.object({
  attempt: z.number(),
  lower: z.array(z.string()).nullable(),
  upper: z.array(z.string()).nullable(),
  planned_rows: z.number(),
  mode: z.enum(['parts', 'held']),
  place: placeSchema,
  rows: z.number().nullable(),
  /** Of the segments that are committed. */
  bytes_committed: z.number(),
  upload_id: z.string(),
  file_key: z.string(),
  plan: planSchema,
  type: z.string(),
  format: z.string(),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  filters: z.record(z.string(), z.custom<FilterValue>()),
  notify: z.object({ email: z.string().optional() }),
  tenant_id: z.string(),
  user_id: z.string(),
});
/** A segment as its new attempt finds it. `rows` is set when an earlier attempt has committed it: nothing is to do. */
export type SegmentAttempt = z.infer<typeof attemptSchema>;

const committedSchema = z.object({
  segment: z.number(),
  mode: z.enum(['parts', 'held']),
  rows: z.number().nullable(),
  bytes: z.number().nullable(),
  planned_rows: z.number(),
  parts: piecesSchema.nullable(),
  place: placeSchema,
  summary: z.record(z.string(), z.union([z.number(), z.string()])).nullable(),
});
export type SegmentRecord = z.infer<typeof committedSchema>;

const uploadStateSchema = z.object({
  generation: z.number(),
  upload_id: z.string().nullable(),
  file_key: z.string().nullable(),
  plan: planSchema.nullable(),
});
export type UploadState = z.infer<typeof uploadStateSchema>;

export interface PlannedSegment extends Segment {
  readonly place: SegmentPlace;
  readonly mode: SegmentMode;
}

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
 * Plans, generations and segments of jobs. Everything that changes a generation is a compare-and-set on the job's
 * row, so that of two that try one wins and the other learns it.
 * Every method throws ServiceError JOB_STORE_UNAVAILABLE when the database does not answer.
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

  /** @returns false when the generation is over or has a plan already */
  async savePlan(
    job: { jobId: string; generation: number; fileKey: string },
    plan: Plan,
    segments: readonly PlannedSegment[],
  ): Promise<boolean> {
    return this.named(() =>
      transaction(this.pool, async (client) => {
        const { rowCount } = await client.query(
          `UPDATE export_jobs SET plan = $3, file_key = $4, total_rows = $5
           WHERE job_id = $1 AND generation = $2 AND plan IS NULL`,
          [job.jobId, job.generation, JSON.stringify(plan), job.fileKey, plan.totalRows],
        );
        if (rowCount === 0) return false;
        await client.query('DELETE FROM export_segments WHERE job_id = $1', [job.jobId]);
        const records = segments.map((segment, index) => ({ segment: index, ...segment }));
        await client.query(
          `INSERT INTO export_segments (job_id, segment, lower, upper, planned_rows, place, mode)
           SELECT $1, segment, lower, upper, rows, place, mode FROM jsonb_to_recordset($2::jsonb)
             AS planned (segment integer, lower text[], upper text[], rows bigint, place jsonb, mode text)`,
          [job.jobId, JSON.stringify(records)],
        );
        return true;
      }),
    );
  }

  /** @returns false when the generation is over or has an upload already */
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

  /** Begins the next generation: plan, records and upload of this one do not count any more. */
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
   * Counts an attempt, unless the segment is committed. Temporal's own number will not do: it restarts at a reset.
   * @returns null when the generation is over
   */
  async beginAttempt(jobId: string, generation: number, segment: number): Promise<SegmentAttempt | null> {
    return this.named(async () => {
      const { rows } = await this.pool.query(
        `UPDATE export_segments s SET attempt = s.attempt + CASE WHEN s.rows IS NULL THEN 1 ELSE 0 END
         FROM export_jobs j
         WHERE s.job_id = $1 AND s.segment = $3 AND j.job_id = s.job_id AND j.generation = $2 AND j.upload_id IS NOT NULL
         RETURNING s.attempt, s.lower, s.upper, s.planned_rows, s.mode, s.place, s.rows, j.upload_id, j.file_key, j.plan, j.type,
           j.format, j.options, j.filters, j.notify, j.tenant_id, j.user_id,
           (SELECT coalesce(sum(bytes), 0)::bigint FROM export_segments WHERE job_id = $1) AS bytes_committed`,
        [jobId, generation, segment],
      );
      return rows.length === 0 ? null : attemptSchema.parse(rows[0]);
    });
  }

  /**
   * Records a segment, all of it from one attempt, and what the job's row shows of it.
   * @returns false when a later attempt or generation has taken over; nothing is written then
   */
  async commit({ jobId, generation, segment, attempt, rows, bytes, pieces, summary }: SegmentCommit): Promise<boolean> {
    return this.named(() =>
      transaction(this.pool, async (client) => {
        // The job's row is the lock: sums made by two commits at once would each miss the other.
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
        'SELECT segment, mode, rows, planned_rows, bytes, parts, place, summary FROM export_segments WHERE job_id = $1 ORDER BY segment',
        [jobId],
      );
      return rows.map((row) => committedSchema.parse(row));
    });
  }

  /** Takes a commit back, so that the segment runs again. */
  async runAgain(
    jobId: string,
    generation: number,
    { segment, mode, place }: Pick<SegmentRecord, 'segment' | 'mode' | 'place'>,
  ): Promise<void> {
    await this.named(() =>
      this.pool.query(
        `UPDATE export_segments s SET rows = NULL, bytes = NULL, parts = NULL, summary = NULL, upload_id = NULL, mode = $4,
           place = $5
         FROM export_jobs j WHERE s.job_id = $1 AND s.segment = $3 AND j.job_id = s.job_id AND j.generation = $2`,
        [jobId, generation, segment, mode, JSON.stringify(place)],
      ),
    );
  }
}
