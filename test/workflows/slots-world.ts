import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SlotsState } from '../../shared/temporal/inputs.js';
import { Slots } from '../../workflows/slots.js';

/** More jobs than slots, but few enough that random events hit the same jobs repeatedly. */
export const WORLD_JOBS = ['a', 'b', 'c', 'd', 'e', 'f'];
export const NO_SLOTS: SlotsState = { holders: {}, waiters: [], unsettled: [] };

const job = fc.constantFrom(...WORLD_JOBS);
export const limit = fc.integer({ min: 1, max: 4 });
export const event = fc.oneof(
  fc.record({ kind: fc.constantFrom('admit', 'started', 'notStarted', 'claim', 'end', 'die', 'comeBack'), job }),
  fc.record({ kind: fc.constantFrom('reap', 'settle', 'continueAsNew', 'startFromRows') }),
  fc.record({ kind: fc.constant('setLimit'), limit }),
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

/** What an export knows about itself: whether it runs, and what it was told about its slot. */
type Life = 'starting' | 'running' | 'asking' | 'dead';

/** A semaphore and its user's exports; the semaphore learns about them only by events. */
export class SlotsWorld {
  slots: Slots;
  limit: number;
  /** Exports that have started and not ended properly. */
  readonly lives = new Map<string, Life>();
  /** Waiting exports, in order of arrival. */
  queue: string[] = [];
  /** Found dead, and not settled yet. */
  readonly unsettled = new Set<string>();

  constructor(max: number) {
    this.limit = max;
    this.slots = this.open(NO_SLOTS);
  }

  private open(state: SlotsState): Slots {
    const granted = (jobId: string): void => {
      assert.equal(jobId, this.queue[0], 'slots are granted in order of arrival');
      this.queue.shift();
      // An export that has died doesn't notice.
      if (this.lives.get(jobId) === 'asking') this.lives.set(jobId, 'running');
    };
    return new Slots(state, this.limit, { granted, changed: () => undefined });
  }

  private forget(jobId: string): void {
    this.lives.delete(jobId);
    this.queue = this.queue.filter((waiting) => waiting !== jobId);
  }

  happen(happening: Event): void {
    if ('job' in happening) this[happening.kind](happening.job);
    else if ('limit' in happening) this.setLimit(happening.limit);
    else this[happening.kind]();
  }

  setLimit(max: number): void {
    this.limit = max;
    this.slots.setLimit(max);
  }

  admit(jobId: string): void {
    const known = this.lives.has(jobId);
    const { active } = this.slots;
    const verdict = this.slots.admit(jobId);
    assert.equal(verdict, known ? 'known' : active.length >= this.limit ? 'full' : 'admitted');
    if (verdict !== 'admitted') return;
    this.lives.set(jobId, 'starting');
    this.unsettled.delete(jobId);
  }

  started(jobId: string): void {
    if (this.lives.get(jobId) !== 'starting') return;
    this.lives.set(jobId, 'running');
    this.slots.confirmStart(jobId);
  }

  notStarted(jobId: string): void {
    if (this.lives.get(jobId) !== 'starting') return;
    this.forget(jobId);
    this.slots.release(jobId);
    this.slots.unsettle(jobId);
    this.unsettled.add(jobId);
  }

  /** A running export claims a slot again, as after a reset to its beginning. */
  claim(jobId: string): void {
    const life = this.lives.get(jobId);
    if (life === 'running' || life === 'asking') this.ask(jobId);
  }

  /** An ended export is reset. */
  comeBack(jobId: string): void {
    const life = this.lives.get(jobId);
    if (life === undefined || life === 'dead') this.ask(jobId);
  }

  private ask(jobId: string): void {
    if (!this.slots.isActive(jobId)) this.queue.push(jobId);
    this.lives.set(jobId, 'asking');
    this.unsettled.delete(jobId);
    const holds = this.slots.claim(jobId);
    assert.equal(holds, this.slots.isHolder(jobId));
    this.lives.set(jobId, holds ? 'running' : 'asking');
  }

  end(jobId: string): void {
    const life = this.lives.get(jobId);
    if (life === undefined || life === 'dead') return;
    this.forget(jobId);
    this.slots.release(jobId);
  }

  die(jobId: string): void {
    const life = this.lives.get(jobId);
    if (life === 'running' || life === 'asking') this.lives.set(jobId, 'dead');
  }

  settle(): void {
    for (const jobId of this.slots.unsettled) this.slots.settle(jobId);
    this.unsettled.clear();
  }

  continueAsNew(): void {
    this.slots = this.open(this.slots.snapshot());
    this.slots.grant();
  }

  reap(): void {
    const dead = [...this.lives].flatMap(([jobId, life]) => (life === 'dead' ? [jobId] : []));
    const { reapable } = this.slots;
    for (const jobId of dead) assert.ok(reapable.includes(jobId), `${jobId} can be found dead`);
    for (const jobId of dead) {
      this.forget(jobId);
      this.unsettled.add(jobId);
    }
    // Exports that are still starting look dead, too.
    const starting = [...this.lives].flatMap(([jobId, life]) => (life === 'starting' ? [jobId] : []));
    this.slots.reap([...dead, ...starting]);
  }

  /** An operator terminates the semaphore. Its successor reads the user's rows: running, or queued. */
  startFromRows(): void {
    // A start in progress has either succeeded or is lost with the semaphore; lost ones are settled elsewhere.
    for (const [jobId, life] of this.lives) if (life === 'starting') this.lives.set(jobId, 'running');
    const { holders, waiters } = this.slots.snapshot();
    const running = Object.keys(holders).map((jobId) => [jobId, 'held'] as const);
    this.slots = this.open({ holders: Object.fromEntries(running), waiters, unsettled: [] });
    this.unsettled.clear();
    this.slots.grant();
  }

  /** Invariants that hold after every event. @param before holders before the event */
  check(before: number): void {
    const { holders, waiters, unsettled } = this.slots.snapshot();
    const held = Object.keys(holders);
    assert.ok(held.length <= Math.max(this.limit, before), `${held.length} holders, at most ${this.limit}`);
    if (held.length < this.limit) assert.deepEqual(waiters, [], 'nobody waits while a slot is free');
    assert.deepEqual(waiters, this.queue);
    assert.deepEqual(new Set([...held, ...waiters]), new Set(this.lives.keys()), 'no job is lost or left over');
    assert.deepEqual(new Set(unsettled), this.unsettled);
    for (const [jobId, life] of this.lives) {
      if (life === 'running') assert.ok(this.slots.isHolder(jobId), `${jobId} runs with a slot`);
    }
    assert.equal(this.slots.isStarting, [...this.lives.values()].includes('starting'));
    assert.equal(this.slots.isFull(), held.length + waiters.length >= this.limit);
  }

  /** Every running export ends, and dead ones are found. */
  endAll(): void {
    for (const [jobId, life] of [...this.lives]) if (life !== 'dead') this.end(jobId);
    this.reap();
  }
}
