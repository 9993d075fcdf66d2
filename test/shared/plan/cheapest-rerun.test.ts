import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cheapestRerun } from '../../../shared/plan/cheapest-rerun.js';

/** A file in which every stuck run has an uploaded segment next to it. */
const file = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 }).chain((bytes) =>
  fc.record({
    uploaded: fc.constant(bytes.map((size, segment) => ({ segment, bytes: size }))),
    stuck: fc.array(fc.boolean(), { minLength: bytes.length + 1, maxLength: bytes.length + 1 }),
  }),
);

describe('the cheapest segments to rerun', () => {
  it('are next to every stuck run, and no other such set has fewer bytes', () => {
    fc.assert(
      fc.property(file, ({ uploaded, stuck }) => {
        const frees = (set: readonly number[]): boolean =>
          stuck.every((isStuck, run) => !isStuck || set.includes(run - 1) || set.includes(run));
        const bytes = (set: readonly number[]): number =>
          uploaded.reduce((sum, each) => sum + (set.includes(each.segment) ? each.bytes : 0), 0);
        const chosen = cheapestRerun(uploaded, stuck);
        assert.ok(frees(chosen));
        for (let mask = 0; mask < 1 << uploaded.length; mask += 1) {
          const set = uploaded.map(({ segment }) => segment).filter((segment) => (mask >> segment) & 1);
          if (frees(set)) assert.ok(bytes(set) >= bytes(chosen), `${set.join()} is cheaper than ${chosen.join()}`);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are the first of two sets with equal cost', () => {
    const uploaded = [0, 1].map((segment) => ({ segment, bytes: 5 }));
    assert.deepEqual(cheapestRerun(uploaded, [false, true, false]), [0]);
  });

  it('are none if no run is stuck', () => {
    assert.deepEqual(cheapestRerun([{ segment: 0, bytes: 5 }], [false, false]), []);
  });
});
