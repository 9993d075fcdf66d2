/** A place among the deliveries of a tenant that wait for receivers. */
export interface Turn {
  readonly since: number;
}

export type TurnAnswer = { readonly turn: Turn } | { readonly waitMs: number };

interface Queue {
  readonly running: Set<Turn>;
  /** How long its deliveries take of late, ms. */
  typicalMs: number;
  /** When the last of those that were sent away may come again, ms since 1970. */
  lastAt: number;
}

const FIRST_GUESS_MS = 100;
/** Weight of the newest delivery in `typicalMs`. */
const NEWEST = 0.3;
const LEAST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10 * 60_000;

/**
 * Bounds how many deliveries of one tenant a worker process has under way, so that silent receivers of one tenant can't
 * take every place. Whoever finds no place is told when to come again: after those that were told so before, at the pace
 * at which this tenant's deliveries end. A tenant whose receivers answer at once is let in after milliseconds, and a
 * thousand deliveries to silent ones cause a few looks a second.
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
    // One that has been under way for longer than usual says more than those that have ended.
    const paceMs = Math.max(queue.typicalMs, now - oldest.since) / this.limit;
    queue.lastAt = Math.min(Math.max(queue.lastAt, now + LEAST_WAIT_MS) + paceMs, now + LONGEST_WAIT_MS);
    return { waitMs: Math.ceil(queue.lastAt - now) };
  }

  release(tenantId: string, turn: Turn, now = Date.now()): void {
    const queue = this.#queues.get(tenantId);
    if (queue?.running.delete(turn) !== true) return;
    queue.typicalMs += NEWEST * (now - turn.since - queue.typicalMs);
    if (queue.running.size === 0 && queue.lastAt < now) this.#queues.delete(tenantId);
  }
}
