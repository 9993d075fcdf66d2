import type { Client } from '@temporalio/client';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { percentOf } from '../../shared/contract.js';
import type { ExportProgress } from '../../shared/temporal/inputs.js';
import { messageOf } from '../../shared/errors.js';
import type { JobRow } from '../../shared/job/row.js';
import { isActive } from '../../shared/job/lifecycle.js';
import { askInTime } from '../../shared/time-limit.js';
import { progressQuery } from '../../shared/temporal/messages.js';
import type { ApiDeps } from '../deps.js';
import { liveFromRow, type LiveView } from '../../shared/job/view.js';

/** A query may have to wait for a worker; a user watching a progress bar shouldn't. */
const ANSWER_MS = 500;
/** How long callers share a result: polling clients cost at most two queries per second and job. */
const FRESH_MS = 500;
const RAISE_EVERY_MS = 1000;
/** How many recently watched jobs a process remembers. */
const REMEMBERED = 10_000;

const heartbeat = z.object({ segment: z.number(), rows: z.number().nonnegative() });

/** The progress last shown for a job. A failed attempt loses its rows, but the displayed progress never goes back. */
interface Shown {
  readonly progress: number;
  readonly rowsExported: number;
  readonly raisedAt: number;
}

interface Answer {
  readonly progress: ExportProgress;
  /** Rows of segments that are not committed yet. */
  readonly running: number;
}

/**
 * The progress of active exports: the workflow's committed segments, and the heartbeats of the running ones. Neither
 * adds an event to the history. Nothing here fails a request: without an answer in time, the row is used.
 */
export class LiveProgress {
  private readonly shown = new LRUCache<string, Shown>({ max: REMEMBERED });
  private readonly answers = new Map<string, Promise<Answer | null>>();

  constructor(private readonly deps: Pick<ApiDeps, 'temporal' | 'jobs' | 'logger'>) {}

  async of(row: JobRow): Promise<LiveView> {
    if (!isActive(row.status)) {
      this.shown.delete(row.job_id);
      return liveFromRow(row);
    }
    // It is waiting for its slot or being planned, so its workflow knows no more than the row.
    if (row.status === 'QUEUED' || row.total_rows === null) return liveFromRow(row);
    const answer = await this.answerOf(row.job_id);
    return answer === null ? this.neverBack(row, liveFromRow(row)) : this.neverBack(row, this.combine(row, answer));
  }

  private answerOf(jobId: string): Promise<Answer | null> {
    const fresh = this.answers.get(jobId);
    if (fresh !== undefined) return fresh;
    const answer = this.ask(jobId);
    this.answers.set(jobId, answer);
    setTimeout(() => this.answers.delete(jobId), FRESH_MS).unref();
    return answer;
  }

  private async ask(jobId: string): Promise<Answer | null> {
    try {
      const progress = await this.limited(this.deps.temporal.openOnly, (client) =>
        client.workflow.getHandle(exportWorkflowId(jobId)).query(progressQuery),
      );
      // After the query, not in parallel: a segment that commits in between is briefly missing from both. The other way
      // round it would count twice, and the bar would stall until the other segments caught up.
      const running = progress.phase === 'exporting' ? await this.runningRows(jobId) : 0;
      return { progress, running };
    } catch (error) {
      this.deps.logger.debug({ job_id: jobId, reason: messageOf(error) }, 'live progress is not available');
      return null;
    }
  }

  /** Rows in the heartbeats of running segments; 0 if they can't be read. */
  private async runningRows(jobId: string): Promise<number> {
    const { client } = this.deps.temporal;
    try {
      const { raw } = await this.limited(client, () => client.workflow.getHandle(exportWorkflowId(jobId)).describe());
      const running = (raw.pendingActivities ?? []).filter(
        ({ activityType }) => activityType?.name === 'exportSegment',
      );
      const rows = await Promise.all(running.map(({ heartbeatDetails }) => heartbeatRows(client, heartbeatDetails)));
      return rows.reduce((sum, count) => sum + count, 0);
    } catch (error) {
      this.deps.logger.debug({ job_id: jobId, reason: messageOf(error) }, 'heartbeats are not available');
      return 0;
    }
  }

  private limited<T>(client: Client, work: (client: Client) => Promise<T>): Promise<T> {
    return askInTime(client, ANSWER_MS, () => work(client));
  }

  private combine(row: JobRow, { progress, running }: { progress: ExportProgress; running: number }): LiveView {
    const totalRows = progress.totalRows ?? row.total_rows;
    const rows = Math.min(progress.rowsCommitted + running, totalRows ?? 0);
    return { phase: progress.phase, totalRows, rowsExported: rows, progress: percentOf(rows, totalRows) };
  }

  /** Never below the row or what this process showed before. Updates the row at most once a second. */
  private async neverBack(row: JobRow, live: LiveView): Promise<LiveView> {
    const before = this.shown.get(row.job_id);
    const progress = Math.max(live.progress, row.progress, before?.progress ?? 0);
    const rowsExported = Math.max(live.rowsExported, row.rows_exported, before?.rowsExported ?? 0);
    const due = Date.now() - (before?.raisedAt ?? 0) >= RAISE_EVERY_MS;
    const raise = due && progress > row.progress && row.status === 'PROCESSING';
    this.shown.set(row.job_id, { progress, rowsExported, raisedAt: raise ? Date.now() : (before?.raisedAt ?? 0) });
    if (raise) {
      await this.deps.jobs.raiseProgress(row.job_id, progress).catch((error: unknown) => {
        this.deps.logger.warn({ job_id: row.job_id, err: error }, 'progress could not be saved');
      });
    }
    return { ...live, progress, rowsExported };
  }
}

type Payloads = NonNullable<Parameters<Client['options']['loadedDataConverter']['payloadCodecs'][number]['decode']>[0]>;

/** Rows in heartbeat details, read with the client's own data converter; 0 if they aren't a segment's. */
async function heartbeatRows(
  client: Client,
  details: { payloads?: Payloads | null } | null | undefined,
): Promise<number> {
  const { payloadConverter, payloadCodecs } = client.options.loadedDataConverter;
  let payloads: Payloads = details?.payloads ?? [];
  // The last codec encoded last, so it decodes first.
  for (const codec of payloadCodecs.toReversed()) payloads = await codec.decode(payloads);
  const [payload] = payloads;
  if (payload === undefined) return 0;
  return heartbeat.safeParse(payloadConverter.fromPayload(payload)).data?.rows ?? 0;
}
