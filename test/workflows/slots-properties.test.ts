import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SlotsState } from '../../shared/temporal/inputs.js';
import { Slots } from '../../workflows/slots.js';
import { NO_SLOTS, event, WORLD_JOBS, limit, SlotsWorld } from './slots-world.js';

describe('slots', () => {
  it('never exceed the limit or lose a waiter, for any sequence of events', () => {
    fc.assert(
      fc.property(limit, fc.array(event, { maxLength: 60, size: 'max' }), (max, events) => {
        const world = new SlotsWorld(max);
        for (const happening of events) {
          const before = Object.keys(world.slots.snapshot().holders).length;
          world.happen(happening);
          world.check(before);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('are all free once every export has ended or was found dead', () => {
    fc.assert(
      fc.property(limit, fc.array(event, { maxLength: 40, size: 'max' }), (max, events) => {
        const world = new SlotsWorld(max);
        for (const happening of events) world.happen(happening);
        world.endAll();
        const { holders, waiters, unsettled } = world.slots.snapshot();
        assert.deepEqual({ holders, waiters }, { holders: {}, waiters: [] });
        assert.deepEqual(new Set(unsettled), world.unsettled);
        for (const jobId of WORLD_JOBS.slice(0, world.limit)) {
          assert.equal(world.slots.admit(jobId), 'admitted');
        }
        assert.equal(world.slots.admit('g'), 'full');
      }),
      { numRuns: 1000 },
    );
  });

  const open = (state: Partial<SlotsState>, max = 2): { slots: Slots; granted: string[] } => {
    const granted: string[] = [];
    const observer = { granted: (jobId: string) => void granted.push(jobId), changed: () => undefined };
    return { slots: new Slots({ ...NO_SLOTS, ...state }, max, observer), granted };
  };

  it('go to waiting exports as soon as the limit is raised', () => {
    const { slots, granted } = open({ holders: { a: 'held', b: 'held' }, waiters: ['c', 'd'] });
    slots.setLimit(3);
    assert.deepEqual(granted, ['c']);
    assert.deepEqual(slots.active, ['a', 'b', 'c', 'd']);
  });

  it('stay with their holders when the limit is lowered; nobody gets one until enough are free', () => {
    const { slots, granted } = open({ holders: { a: 'held', b: 'held' }, waiters: ['c'] });
    slots.setLimit(1);
    slots.release('a');
    assert.deepEqual(granted, []);
    slots.release('b');
    assert.deepEqual(granted, ['c']);
  });

  it('stay free if they are released before the start of their export is confirmed', () => {
    const { slots } = open({});
    slots.admit('a');
    slots.release('a');
    slots.confirmStart('a');
    assert.deepEqual(slots.snapshot(), NO_SLOTS);
  });

  it('stay with an unsettled job that becomes active again', () => {
    const { slots } = open({ holders: { a: 'held' } });
    slots.unsettle('a');
    assert.ok(slots.isHolder('a'));
  });

  it('go last to a job that claims again after its death', () => {
    const { slots } = open({ holders: { a: 'held', b: 'held' }, waiters: ['c', 'd'] });
    slots.reap(['c']);
    slots.claim('c');
    assert.deepEqual(slots.snapshot().waiters, ['d', 'c']);
  });

  it('notify their observer of every change', () => {
    let changes = 0;
    const slots = new Slots(NO_SLOTS, 1, { granted: () => undefined, changed: () => void (changes += 1) });
    slots.admit('a');
    slots.confirmStart('a');
    slots.claim('b');
    slots.release('a');
    assert.equal(changes, 5, 'admitted, started, waiting, released, granted');
    slots.release('a');
    slots.settle('b');
    assert.equal(changes, 5);
  });
});
