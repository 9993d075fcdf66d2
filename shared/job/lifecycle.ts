import { EXPORT_STATUSES, type ExportStatus, type FinishedFile, type JobFailure, type JobSeed } from '../contract.js';
import { ServiceError } from '../errors.js';
import { auditParameter, insertAudit, type AuditEvent } from '../audit/event.js';
import { isRefused, namingFaults, type Pool } from '../postgres.js';
import { storable, storableJson } from '../text/storable-text.js';
import { refusedEvent, requestedEvent } from './audit-events.js';
import { JOB_COLUMNS, jobRowSchema, newRow, type JobRow } from './row.js';

/**
 * The life of an export's row:
 *
 *     insert → QUEUED → begin → PROCESSING → complete → COMPLETED
 *
 * An active row may also fail or be canceled, an operator's reset queues it again, and a missing file is made again.
 * This file defines every change of `status`; statements in other files use `statusAfter`.
 */
const ACTIVE_STATUSES = ['QUEUED', 'PROCESSING'] as const satisfies readonly ExportStatus[];

interface Transition {
  /** Statuses in which the event changes the row; in others it has no effect. */
  readonly from: readonly ExportStatus[];
  readonly to: ExportStatus;
  readonly when: string;
}

/** The events of an existing row. docs/architecture.md shows this table; a test compares them. */
export const TRANSITIONS = {
  begin: {
    from: ['QUEUED'],
    to: 'PROCESSING',
    when: 'the export has its slot and, if tenants have a limit, its place',
  },
  complete: { from: EXPORT_STATUSES, to: 'COMPLETED', when: 'the file is complete' },
  fail: { from: ACTIVE_STATUSES, to: 'FAILED', when: 'the export failed, was terminated or timed out' },
  cancel: { from: ACTIVE_STATUSES, to: 'CANCELLED', when: 'the export was canceled and its uploads are gone' },
  requeue: { from: ['FAILED', 'CANCELLED'], to: 'QUEUED', when: 'an operator reset the export' },
  remake: { from: ['COMPLETED'], to: 'PROCESSING', when: 'an operator reset the export and its file is missing' },
} as const satisfies Readonly<Record<string, Transition>>;
export type LifecycleEvent = keyof typeof TRANSITIONS;

const list = (statuses: readonly ExportStatus[]): string => statuses.map((status) => `'${status}'`).join(', ');

/** For `status IN (…)`. */
export const ACTIVE = list(ACTIVE_STATUSES);

export const isActive = (status: ExportStatus): boolean => ACTIVE_STATUSES.some((active) => active === status);

/** An expression for the status after an event; unchanged if the event has no effect. */
export const statusAfter = (event: LifecycleEvent): string =>
  `CASE WHEN status IN (${list(TRANSITIONS[event].from)}) THEN '${TRANSITIONS[event].to}' ELSE status END`;

/** An UPDATE of job `$1` by an event, limited to the statuses in which it applies. */
const update = (event: LifecycleEvent, assignments: string, condition = 'true'): string =>
  `UPDATE export_jobs SET status = '${TRANSITIONS[event].to}', ${assignments}
   WHERE job_id = $1 AND status IN (${list(TRANSITIONS[event].from)}) AND ${condition}`;

/** Maximum length of `error_message`, in characters. */
const MAX_MESSAGE = 2000;
const errorText = (message: string): string => storable(message.slice(0, MAX_MESSAGE));

/**
 * Creates the rows of `export_jobs` and changes their status. Every method throws ServiceError JOB_STORE_UNAVAILABLE if
 * the database doesn't answer.
 */
export class JobLifecycle {
  constructor(protected readonly pool: Pool) {}

  protected async rows(sql: string, values: readonly unknown[]): Promise<JobRow[]> {
    return namingFaults('JOB_STORE_UNAVAILABLE', 'The job database', async () => {
      const { rows } = await this.pool.query(sql, [...values]);
      return rows.map((row) => jobRowSchema.parse(row));
    });
  }

  /** @returns whether a row was changed */
  protected async change(sql: string, values: readonly unknown[]): Promise<boolean> {
    return namingFaults('JOB_STORE_UNAVAILABLE', 'The job database', async () => {
      const { rowCount } = await this.pool.query(sql, [...values]);
      return rowCount !== 0;
    });
  }

  /**
   * Creates a QUEUED row; the API and the export's first activity both try. Does nothing if the row exists, or if the
   * export or its schedule has been erased.
   * @throws ServiceError NOT_STORABLE if PostgreSQL will never accept the row
   */
  async insert(job: JobSeed): Promise<void> {
    try {
      await this.create({ ...newRow(job), status: 'QUEUED' }, requestedEvent(job));
    } catch (error) {
      if (!isRefused(error)) throw error;
      const sentence = "The request contains characters that can't be stored.";
      throw new ServiceError('NOT_STORABLE', sentence, {}, { cause: error });
    }
  }

  /**
   * Creates the FAILED row of an export that ends before it begins. Leaves out the parts of its request that can't be
   * stored. Does nothing if the row exists, or if the export or its schedule has been erased.
   */
  async insertFailed(job: JobSeed, { code, message }: JobFailure): Promise<void> {
    const failure = { error_code: code, error_message: errorText(message) };
    const row = { ...newRow(storableJson(job)), ...failure, status: 'FAILED' };
    await this.create(row, refusedEvent(storableJson(job), code), ', completed_at', ', now()');
  }

  /** @param event recorded if the row is new */
  private async create(
    row: Readonly<Record<string, unknown>>,
    event: AuditEvent,
    columns = '',
    values = '',
  ): Promise<void> {
    const names = Object.keys(row);
    const parameters = names.map((_, index) => `$${index + 1}`);
    const erasable = ['job_id', 'schedule_id'].map((name) => `$${names.indexOf(name) + 1}`);
    const isErased = `id IN (${erasable.join(', ')})`;
    await this.change(
      // The sweep deletes old marks. This run may be reset as well, so its mark has to last longer than its history.
      `WITH renewed AS (UPDATE erased_ids SET erased_at = clock_timestamp() WHERE ${isErased} AND temporal_id IS NULL),
       job AS (INSERT INTO export_jobs (${names.join(', ')}${columns}) SELECT ${parameters.join(', ')}${values}
         WHERE NOT EXISTS (SELECT FROM erased_ids WHERE ${isErased})
         ON CONFLICT (job_id) DO NOTHING RETURNING job_id)
       ${insertAudit(names.length + 1, 'job')}`,
      [...Object.values(row), auditParameter(event)],
    );
  }

  /**
   * Begins an export that was admitted with its slot, for the first time.
   * @param options `needsPlace`: only if the tenant has a place for it (see `places.ts`), whose lease may have run out
   * @returns false if the job has already begun or ended, is to be canceled, or has no place
   */
  async begin(jobId: string, { needsPlace }: { readonly needsPlace: boolean }): Promise<boolean> {
    const unstarted = 'started_at IS NULL AND cancel_requested_at IS NULL AND (NOT $2 OR EXISTS (SELECT FROM place))';
    // Renew it, don't just read it: a concurrent cleanup of unused places waits for this and then keeps the place.
    return this.change(
      `WITH place AS (UPDATE tenant_places SET reserved_until = now() + interval '1 minute' WHERE $2 AND job_id = $1
         RETURNING job_id)
       ${update('begin', 'started_at = now()', unstarted)}`,
      [jobId, needsPlace],
    );
  }

  /** Begins an export to which the semaphore has granted a slot. */
  async markProcessing(jobId: string): Promise<void> {
    await this.change(update('begin', 'started_at = coalesce(started_at, now())'), [jobId]);
  }

  /** The link's lifetime starts with the first completion; publishing again doesn't change it. */
  async complete(jobId: string, file: FinishedFile, urlTtlSeconds: number): Promise<JobRow | null> {
    const assignments = `progress = 100, rows_exported = $2, row_count = $2, file_key = $3, file_size = $4,
      checksum = $5, warnings = $7, error_code = NULL, error_message = NULL,
      completed_at = coalesce(completed_at, now()),
      url_expires_at = coalesce(url_expires_at, now() + make_interval(secs => $6))`;
    const warnings = JSON.stringify(storableJson(file.warnings));
    const [row] = await this.rows(`${update('complete', assignments)} RETURNING ${JOB_COLUMNS}`, [
      ...[jobId, file.rowCount, file.fileKey, file.fileSize, file.checksum, urlTtlSeconds, warnings],
    ]);
    return row ?? null;
  }

  /**
   * Ends an active job as FAILED.
   * @param event recorded with it if nobody requested a cancel: an operator ended the workflow
   * @returns false if it had already ended
   */
  async fail(jobId: string, { code, message }: JobFailure, event?: AuditEvent): Promise<boolean> {
    const failed = update('fail', 'error_code = $2, error_message = $3, completed_at = now()');
    const values = [jobId, code, errorText(message)];
    if (event === undefined) return this.change(failed, values);
    return this.change(
      `WITH failed AS (${failed} RETURNING cancel_requested_at),
       unrequested AS (SELECT FROM failed WHERE cancel_requested_at IS NULL),
       event AS (${insertAudit(4, 'unrequested')})
       SELECT FROM failed`,
      [...values, auditParameter(event)],
    );
  }

  /**
   * Ends a job whose uploads and temporary objects are gone, so the next run begins a new generation.
   * @param event recorded with it if nobody requested the cancel: an operator canceled the workflow
   */
  async cancel(jobId: string, event?: AuditEvent): Promise<boolean> {
    const assignments = 'completed_at = now(), plan = NULL, upload_id = NULL, generation = generation + 1';
    const canceled = `gone AS (DELETE FROM export_segments WHERE job_id = $1),
       canceled AS (${update('cancel', assignments)} RETURNING cancel_requested_at)`;
    if (event === undefined) return this.change(`WITH ${canceled} SELECT FROM canceled`, [jobId]);
    return this.change(
      `WITH ${canceled},
       unrequested AS (SELECT FROM canceled WHERE cancel_requested_at IS NULL),
       event AS (${insertAudit(2, 'unrequested')})
       SELECT FROM canceled`,
      [jobId, auditParameter(event)],
    );
  }

  /**
   * Queues a FAILED or CANCELLED job again. Other jobs, and jobs that their user has deleted, stay as they are. If the
   * job failed because no worker could continue with its plan, the next generation begins; its plan replaces the
   * segments.
   */
  async requeue(jobId: string): Promise<void> {
    const outdated = `error_code = 'WORKER_OUTDATED'`;
    const ifOutdated = (column: string, value: string): string =>
      `${column} = CASE WHEN ${outdated} THEN ${value} ELSE ${column} END`;
    const anew = [
      ['plan', 'NULL'],
      ['upload_id', 'NULL'],
      ['rows_exported', '0'],
      ['generation', 'generation + 1'],
    ] as const;
    const assignments = [
      ...anew.map(([column, value]) => ifOutdated(column, value)),
      'error_code = NULL, error_message = NULL, completed_at = NULL, cancel_requested_at = NULL',
    ];
    await this.change(update('requeue', assignments.join(', '), 'file_deleted_at IS NULL'), [jobId]);
  }
}
