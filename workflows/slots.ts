import type { SlotsState } from '../shared/temporal/inputs.js';

/**
 * The slots of one user: who holds one, who waits for one. Pure, so that it can be tested without Temporal.
 *
 * A job that is known here is in one of four states:
 *
 *     starting    holds a slot; its export is being started, so it may look dead without being dead
 *     held        holds a slot
 *     waiting     asks for a slot: its export was scheduled, was reset, or outlived an earlier semaphore
 *     unsettled   was found dead: its slot is free, but its row has not been ended yet
 *
 * and moves between them by these events:
 *
 *     admit         unknown, unsettled → starting           only while starting + held + waiting < limit
 *     confirmStart  starting → held
 *     claim         unknown, unsettled → waiting            a job with a slot keeps it
 *     grant         waiting → held                          in order of arrival, while starting + held < limit
 *     release       starting, held, waiting → unknown
 *     reap          held, waiting → unsettled
 *     unsettle      unknown → unsettled                     its export may never have been started
 *     settle        unsettled → unknown
 */
type SlotState = 'starting' | 'held' | 'waiting' | 'unsettled';

export interface SlotObserver {
  /** Called when a waiting job gets a slot. */
  granted(jobId: string): void;
  changed(): void;
}

export class Slots {
  /** In order of arrival. */
  private readonly jobs: Map<string, SlotState>;

  constructor(
    { holders, waiters, unsettled }: SlotsState,
    private maximum: number,
    private readonly observer: SlotObserver,
  ) {
    this.jobs = new Map<string, SlotState>([
      ...Object.entries(holders),
      ...waiters.map((jobId) => [jobId, 'waiting'] as const),
      ...unsettled.map((jobId) => [jobId, 'unsettled'] as const),
    ]);
  }

  /** The state from which another instance can start. */
  snapshot(): SlotsState {
    const holders = [...this.jobs].flatMap(([jobId, state]) =>
      state === 'starting' || state === 'held' ? [[jobId, state] as const] : [],
    );
    return {
      holders: Object.fromEntries(holders),
      waiters: this.inState('waiting'),
      unsettled: this.inState('unsettled'),
    };
  }

  /** How many jobs may hold a slot. */
  get limit(): number {
    return this.maximum;
  }

  setLimit(limit: number): void {
    this.maximum = limit;
    this.grant();
  }

  isHolder(jobId: string): boolean {
    const state = this.jobs.get(jobId);
    return state === 'starting' || state === 'held';
  }

  /** Whether the job holds a slot or waits for one. */
  isActive(jobId: string): boolean {
    return this.isHolder(jobId) || this.jobs.get(jobId) === 'waiting';
  }

  /** Jobs that hold a slot or wait for one. */
  get active(): string[] {
    return [...this.jobs.keys()].filter((jobId) => this.isActive(jobId));
  }

  /** Whether no other job can be admitted. @param limit the limit of a request that hasn't been accepted yet */
  isFull(limit = this.limit): boolean {
    return this.active.length >= limit;
  }

  get isStarting(): boolean {
    return this.inState('starting').length > 0;
  }

  get unsettled(): string[] {
    return this.inState('unsettled');
  }

  /** Gives a new job a slot; the caller then starts its export. */
  admit(jobId: string): 'admitted' | 'known' | 'full' {
    if (this.isActive(jobId)) return 'known';
    if (this.isFull()) return 'full';
    this.put(jobId, 'starting');
    return 'admitted';
  }

  /** Records that the export runs. A quick one may already have released its slot. */
  confirmStart(jobId: string): void {
    if (this.jobs.get(jobId) === 'starting') this.put(jobId, 'held');
  }

  /** @returns whether the job holds a slot; if not, it waits for one */
  claim(jobId: string): boolean {
    if (!this.isActive(jobId)) this.put(jobId, 'waiting');
    this.grant();
    return this.isHolder(jobId);
  }

  release(jobId: string): void {
    if (this.isActive(jobId)) this.remove(jobId);
    this.grant();
  }

  grant(): void {
    for (const jobId of this.inState('waiting')) {
      if (this.holders >= this.limit) return;
      this.put(jobId, 'held');
      this.observer.granted(jobId);
    }
  }

  /** Jobs whose exports may have died. */
  get reapable(): string[] {
    return [...this.inState('held'), ...this.inState('waiting')];
  }

  /** @param dead jobs whose exports no longer run; those that are being started again meanwhile keep their slots */
  reap(dead: readonly string[]): void {
    for (const jobId of dead) {
      if (this.reapable.includes(jobId)) this.put(jobId, 'unsettled');
    }
    this.grant();
  }

  unsettle(jobId: string): void {
    if (!this.jobs.has(jobId)) this.put(jobId, 'unsettled');
  }

  settle(jobId: string): void {
    if (this.jobs.get(jobId) === 'unsettled') this.remove(jobId);
  }

  private get holders(): number {
    return this.inState('starting').length + this.inState('held').length;
  }

  private inState(wanted: SlotState): string[] {
    return [...this.jobs].flatMap(([jobId, state]) => (state === wanted ? [jobId] : []));
  }

  private put(jobId: string, state: SlotState): void {
    // A job that claims again after its death goes to the end of the queue.
    if (state === 'waiting') this.jobs.delete(jobId);
    this.jobs.set(jobId, state);
    this.observer.changed();
  }

  private remove(jobId: string): void {
    this.jobs.delete(jobId);
    this.observer.changed();
  }
}
