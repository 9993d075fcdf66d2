import { Gauge, type Registry } from '@prometheus-io/client';
import type { JobStore } from '../../shared/job/store.js';
import type { ObjectStore } from '../../shared/store/object-store.js';
import { queueDepths } from '../../shared/temporal/queue-depth.js';
import type { TemporalClient } from '../../shared/temporal/client.js';
import { SILENCE_MS, withTimeLimit } from '../../shared/time-limit.js';

export interface StateSources {
  readonly jobs: JobStore;
  readonly store: ObjectStore;
  readonly temporal: TemporalClient;
}

/** How long scrapes share a result. */
const FRESH_MS = 5000;
const ACTIVE = ['QUEUED', 'PROCESSING'] as const;

/**
 * State that all processes share, looked up at each scrape. Every API process reports the same values, so queries use
 * `max`. The values are correct after any restart. An unavailable part has no values, and is 0 in
 * `export_dependency_up`.
 */
export class ServiceState {
  readonly #up: Gauge<'dependency'>;
  readonly #active: Gauge<'state'>;
  readonly #oldest: Gauge<'state'>;
  readonly #backlog: Gauge<'queue' | 'kind'>;
  readonly #backlogAge: Gauge<'queue' | 'kind'>;
  readonly #workers: Gauge<'queue' | 'kind'>;
  #refreshing: Promise<void> | null = null;
  #refreshedAt = 0;

  constructor(
    registry: Registry,
    private readonly sources: StateSources,
  ) {
    const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]): Gauge<Label> =>
      new Gauge({ name, help, labelNames, registers: [registry] });
    this.#up = gauge('export_dependency_up', 'Whether a dependency answers: 1 or 0', 'dependency');
    this.#active = gauge('export_active', 'Active exports', 'state');
    this.#oldest = gauge('export_oldest_active_seconds', 'Time since the oldest active export was requested', 'state');
    this.#backlog = gauge('export_queue_backlog_tasks', 'Tasks waiting for a worker', 'queue', 'kind');
    this.#backlogAge = gauge(
      'export_queue_backlog_age_seconds',
      'How long the oldest task has been waiting',
      'queue',
      'kind',
    );
    this.#workers = gauge('export_queue_workers', 'Workers that polled for tasks in the last 90 s', 'queue', 'kind');
  }

  /** Never rejects. */
  async refresh(): Promise<void> {
    if (Date.now() - this.#refreshedAt < FRESH_MS) return;
    this.#refreshing ??= this.#measure().finally(() => {
      this.#refreshing = null;
      this.#refreshedAt = Date.now();
    });
    await this.#refreshing;
  }

  async #measure(): Promise<void> {
    const { jobs, store, temporal } = this.sources;
    const active = this.#from('job_store', jobs.countActive());
    const depths = this.#from('temporal', queueDepths(temporal.client, SILENCE_MS));
    await Promise.all([active, depths, this.#from('object_store', store.check())]);

    for (const gauge of [this.#active, this.#oldest, this.#backlog, this.#backlogAge, this.#workers]) gauge.reset();
    const counts = await active;
    for (const state of counts === null ? [] : ACTIVE) {
      const { count = 0, oldestSeconds = 0 } = counts?.find((one) => one.state === state) ?? {};
      this.#active.set({ state }, count);
      this.#oldest.set({ state }, oldestSeconds);
    }
    for (const { queue, kind, backlog, ageSeconds, workers } of (await depths) ?? []) {
      this.#backlog.set({ queue, kind }, backlog);
      this.#backlogAge.set({ queue, kind }, ageSeconds);
      this.#workers.set({ queue, kind }, workers);
    }
  }

  async #from<T>(dependency: 'job_store' | 'temporal' | 'object_store', asking: Promise<T>): Promise<T | null> {
    try {
      const answer = await withTimeLimit(asking, SILENCE_MS);
      this.#up.set({ dependency }, 1);
      return answer;
    } catch {
      this.#up.set({ dependency }, 0);
      return null;
    }
  }
}
