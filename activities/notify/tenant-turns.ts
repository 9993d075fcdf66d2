/** A delivery's right to be one of its tenant's deliveries in progress. */
export interface TenantTurn {
  readonly since: number;
}

export type TurnAnswer = { readonly turn: TenantTurn } | { readonly waitMs: number };

interface Queue {
  readonly running: Set<TenantTurn>;
  /** Typical duration of its recent deliveries, ms. */
  typicalMs: number;
  /** When the last delivery without a turn is retried, ms since 1970. */
  lastAt: number;
}

const FIRST_GUESS_MS = 100;
/** Weight of the newest delivery in `typicalMs`. */
const NEWEST = 0.3;
const LEAST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10 * 60_000;

/**
 * Limits how many deliveries of one tenant a worker process has in progress, so that one tenant's unresponsive
 * receivers can't use up all worker slots. A delivery beyond the limit gets a time to retry: after the ones before it,
 * at the pace at which this tenant's deliveries end. If receivers answer at once, it waits little more than
 * LEAST_WAIT_MS; a thousand deliveries to unresponsive receivers cause a few retries a second.
 */
export class TenantTurns {
  readonly #queues = new Map<string, Queue>();

  /** @param limit deliveries of one tenant at a time */
  constructor(private readonly limit: number) {}

  take(tenantId: string, now = Date.now()): TurnAnswer {
    const queue = this.#queues.get(tenantId) ?? { running: new Set(), typicalMs: FIRST_GUESS_MS, lastAt: 0 };
    this.#queues.set(tenantId, queue);
    const [oldest] = queue.running;
    if (oldest === undefined || queue.running.size < this.limit) {
      const turn = { since: now };
      queue.running.add(turn);
      return { turn };
    }
    // If the oldest one is already taking longer than usual, it predicts the pace better than those that have ended.
    const paceMs = Math.max(queue.typicalMs, now - oldest.since) / this.limit;
    queue.lastAt = Math.min(Math.max(queue.lastAt, now + LEAST_WAIT_MS) + paceMs, now + LONGEST_WAIT_MS);
    return { waitMs: Math.ceil(queue.lastAt - now) };
  }

  release(tenantId: string, turn: TenantTurn, now = Date.now()): void {
    const queue = this.#queues.get(tenantId);
    if (queue?.running.delete(turn) !== true) return;
    queue.typicalMs += NEWEST * (now - turn.since - queue.typicalMs);
    if (queue.running.size === 0 && queue.lastAt < now) this.#queues.delete(tenantId);
  }
}
