import { messageOf } from '../../shared/errors.js';
import type { JobRow } from '../../shared/job/row.js';
import { isActive } from '../../shared/job/lifecycle.js';
import type { ApiDeps } from '../deps.js';
import type { JobView } from '../../shared/job/schema.js';
import { hidesRequest, jobView, rowFor } from '../../shared/job/view.js';
import type { LiveProgress } from './live-progress.js';

/** How often a watched job is read, for all its watchers together. */
const EVERY_MS = 1000;

export interface JobState {
  /** Counts the states of a watch, from 1. */
  readonly n: number;
  readonly view: JobView;
  /** The JSON of `view`, created once for all listeners. */
  readonly json: string;
  readonly ended: boolean;
}

/** Null: the user can't see the job any more, for example because it was erased. */
export type OnState = (state: JobState | null) => void;

interface Watch {
  /** Key of the watch: an administrator who requested the job and its user see different states. */
  readonly key: string;
  /** One of the listeners, who all see the same. */
  readonly userId: string;
  readonly listeners: Set<OnState>;
  latest: JobState | null;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Watches jobs for any number of listeners: reads a job once a second while it has listeners. After a failed read it
 * tries again, so a stream survives a restart of the database.
 */
export class JobWatches {
  private readonly watches = new Map<string, Watch>();

  constructor(
    private readonly deps: Pick<ApiDeps, 'jobs' | 'settings' | 'logger'>,
    private readonly live: LiveProgress,
  ) {}

  /**
   * Calls `listener` with the current state, soon, and then with each later one until the job has ended, or with
   * null once the user can't see it any more.
   * @param row read just now
   * @param userId who listens
   * @returns stops listening; may be called more than once
   */
  listen(row: JobRow, userId: string, listener: OnState): () => void {
    const key = `${row.job_id} ${hidesRequest(row, userId)}`;
    const watch = this.watches.get(key) ?? this.open(row, key, userId);
    watch.listeners.add(listener);
    if (watch.latest !== null) listener(watch.latest);
    return () => {
      if (watch.listeners.delete(listener) && watch.listeners.size === 0) this.close(watch);
    };
  }

  private open(row: JobRow, key: string, userId: string): Watch {
    const watch: Watch = { key, userId, listeners: new Set(), latest: null, timer: undefined };
    this.watches.set(key, watch);
    void this.tell(watch, row);
    return watch;
  }

  private close(watch: Watch): void {
    clearTimeout(watch.timer);
    // A late call must not close a newer watch of the same job.
    if (this.watches.get(watch.key) === watch) this.watches.delete(watch.key);
  }

  private async readAgain(watch: Watch, row: JobRow): Promise<void> {
    try {
      const current = await this.deps.jobs.find(row.job_id);
      if (current === null || !isVisible(current, watch.userId)) this.endUnseen(watch);
      else await this.tell(watch, current);
    } catch (error) {
      this.deps.logger.warn({ job_id: row.job_id, reason: messageOf(error) }, 'a watched job could not be read');
      this.next(watch, row);
    }
  }

  private endUnseen(watch: Watch): void {
    this.close(watch);
    for (const listener of [...watch.listeners]) listener(null);
  }

  private async tell(watch: Watch, row: JobRow): Promise<void> {
    const live = await this.live.of(row);
    const view = jobView(rowFor(row, watch.userId), this.deps.settings, live);
    const ended = !isActive(row.status);
    watch.latest = { n: (watch.latest?.n ?? 0) + 1, view, json: JSON.stringify(view), ended };
    if (ended) this.close(watch);
    for (const listener of [...watch.listeners]) listener(watch.latest);
    if (!ended) this.next(watch, row);
  }

  private next(watch: Watch, row: JobRow): void {
    if (watch.listeners.size === 0) return;
    watch.timer = setTimeout(() => void this.readAgain(watch, row), EVERY_MS);
  }
}

/** An administrator who is erased no longer sees the exports that they requested for others. */
const isVisible = ({ user_ref: owner, requested_by_ref: requester }: JobRow, userId: string): boolean =>
  userId === owner || userId === requester;
