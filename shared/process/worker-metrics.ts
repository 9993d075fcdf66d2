import { Counter, Histogram, type Registry } from '@prometheus-io/client';
import type { ExportStatus, Phase } from '../contract.js';
import { ERRORS, isErrorCode } from '../errors.js';

/** Labels of an export. Both come from registries, so they have few values. */
export interface Kind {
  readonly dataset: string;
  readonly format: string;
}
export type Channel = 'mail' | 'webhook';
/**
 * `retried`: the attempt failed and another one follows. `deferred`: not sent yet, because the tenant has too many
 * deliveries in progress. `skipped`: the recipient has reached the hourly limit, or no mail provider is configured.
 */
const NOTIFICATION_OUTCOMES = ['delivered', 'retried', 'failed', 'deferred', 'skipped'] as const;
export type NotificationOutcome = (typeof NOTIFICATION_OUTCOMES)[number];

/** Seconds. A phase can take less than a second or several hours. */
const PHASE_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400];

/** Counts what a worker has done since it started. */
export class WorkerMetrics {
  readonly #rows: Counter<keyof Kind>;
  readonly #bytes: Counter<keyof Kind>;
  readonly #phases: Histogram<'phase' | 'format'>;
  readonly #ended: Counter<keyof Kind | 'state'>;
  readonly #failures: Counter<'code'>;
  readonly #claims: Counter<'outcome'>;
  readonly #notifications: Counter<'channel' | 'outcome'>;
  readonly #orphans: Counter<'kind'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const kind = ['dataset', 'format'] as const;
    this.#rows = new Counter({
      name: 'export_written_rows_total',
      help: 'Rows of committed segments; a segment that is written again counts again',
      labelNames: kind,
      registers,
    });
    this.#bytes = new Counter({
      name: 'export_written_bytes_total',
      help: 'Bytes of committed segments, as uploaded',
      labelNames: kind,
      registers,
    });
    this.#phases = new Histogram({
      name: 'export_phase_duration_seconds',
      help: 'How long exports stay in a phase, including time waiting for a worker',
      labelNames: ['phase', 'format'],
      buckets: PHASE_SECONDS,
      registers,
    });
    this.#ended = new Counter({
      name: 'export_ended_total',
      help: 'Exports that ended; an export that is reset and ends again counts again',
      labelNames: [...kind, 'state'],
      registers,
    });
    this.#failures = new Counter({
      name: 'export_failures_total',
      help: 'Failed exports, by the error code that the user sees',
      labelNames: ['code'],
      registers,
    });
    this.#claims = new Counter({
      name: 'export_slot_claims_total',
      help: 'Exports that claimed a slot: granted, wait (none is free), or ended (nothing left to do)',
      labelNames: ['outcome'],
      registers,
    });
    this.#notifications = new Counter({
      name: 'export_notifications_total',
      help: 'Attempts to notify a user: delivered, retried (another attempt follows), failed, deferred (waits for other deliveries of its tenant), or skipped (the recipient has reached the hourly limit, or no mail provider is configured)',
      labelNames: ['channel', 'outcome'],
      registers,
    });
    this.#orphans = new Counter({
      name: 'export_orphans_removed_total',
      help: 'Uploads and temporary objects that no job needs, removed by the sweep',
      labelNames: ['kind'],
      registers,
    });
    // Start at zero: Prometheus wouldn't see the first occurrence as an increase otherwise.
    for (const orphan of ['upload', 'object'] as const) this.#orphans.inc({ kind: orphan }, 0);
    for (const outcome of ['granted', 'wait', 'ended'] as const) this.#claims.inc({ outcome }, 0);
    for (const channel of ['mail', 'webhook'] as const) {
      for (const outcome of NOTIFICATION_OUTCOMES) this.#notifications.inc({ channel, outcome }, 0);
    }
    for (const [code, { status }] of Object.entries(ERRORS)) if (status >= 500) this.#failures.inc({ code }, 0);
    this.#failures.inc({ code: 'OTHER' }, 0);
  }

  segmentCommitted(kind: Kind, { rows, bytes }: { readonly rows: number; readonly bytes: number }): void {
    this.#rows.inc({ ...kind }, rows);
    this.#bytes.inc({ ...kind }, bytes);
  }

  phaseEnded(phase: Phase, format: string, seconds: number): void {
    this.#phases.observe({ phase, format }, seconds);
  }

  exportEnded(kind: Kind, state: ExportStatus): void {
    this.#ended.inc({ ...kind, state });
  }

  /** Unknown failure types share one label. */
  exportFailed(code: string): void {
    this.#failures.inc({ code: isErrorCode(code) ? code : 'OTHER' });
  }

  slotClaimed(outcome: 'granted' | 'wait' | 'ended'): void {
    this.#claims.inc({ outcome });
  }

  notified(channel: Channel, outcome: NotificationOutcome): void {
    this.#notifications.inc({ channel, outcome });
  }

  orphanRemoved(kind: 'upload' | 'object'): void {
    this.#orphans.inc({ kind });
  }
}
