import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_PART_BYTES, MAX_PARTS, MIN_PART_BYTES, partNumbers, partSize } from '../../../shared/plan/part-numbers.js';

const MIB = 1024 ** 2;
const anySegments = fc.integer({ min: 1, max: 500 });

describe('part numbers', () => {
  it("respect S3's limits: 10,000 parts of 5 MiB to 5 GiB", () => {
    assert.deepEqual([MAX_PARTS, MIN_PART_BYTES, MAX_PART_BYTES], [10_000, 5_242_880, 5_368_709_120]);
  });

  it('ascend with the segments, and thirds never share one', () => {
    fc.assert(
      fc.property(anySegments, (segments) => {
        let highest = 0;
        for (let index = 0; index < segments; index += 1) {
          for (const writer of [1, 2, 'finish'] as const) {
            const { first, last } = partNumbers(index, segments, writer);
            assert.ok(first > highest && last >= first);
            highest = last;
          }
          assert.deepEqual(partNumbers(index, segments, 7), partNumbers(index, segments, 1));
          assert.deepEqual(partNumbers(index, segments, 8), partNumbers(index, segments, 2));
        }
        assert.ok(highest <= MAX_PARTS);
      }),
    );
  });

  it('are one per third for 3,333 segments, and an error for more', () => {
    assert.deepEqual(partNumbers(0, 3333, 2), { first: 2, last: 2 });
    assert.throws(
      () => partNumbers(0, 3334, 1),
      new RangeError('3334 segments leave fewer than three part numbers for each.'),
    );
  });

  it('are an error for a segment that does not exist', () => {
    for (const segment of [-1, 3, 0.5, NaN]) {
      assert.throws(() => partNumbers(segment, 3, 1), new RangeError(`There is no segment ${segment} of 3.`));
    }
  });
});

describe("a segment's parts", () => {
  it('have 8 MiB if that is enough, and 64 MiB after a plan was outgrown', () => {
    assert.equal(partSize(0, 500), 8 * MIB);
    assert.equal(partSize(0, 500, true), 64 * MIB);
  });

  it('suffice for a segment that outgrows its plan by a quarter', () => {
    fc.assert(
      fc.property(anySegments, fc.integer({ min: 0, max: 2e10 }), (segments, planned) => {
        const { first, last } = partNumbers(0, segments, 1);
        assert.ok(partSize(planned, segments) * (last - first + 1) >= planned * 1.25);
      }),
    );
  });

  it('are at least four times as large after a plan was outgrown, so the same plan is never repeated', () => {
    fc.assert(
      fc.property(anySegments, fc.integer({ min: 0, max: 2e10 }), (segments, planned) => {
        const [size, larger] = [partSize(planned, segments), partSize(planned, segments, true)];
        assert.ok(larger >= Math.min(4 * size, MAX_PART_BYTES) && larger <= MAX_PART_BYTES);
      }),
    );
  });

  it('are an error if the largest part would be too small', () => {
    // A single segment has 3,333 parts per third, planned to four fifths of their size.
    const most = 3333 * (MAX_PART_BYTES * 0.8);
    assert.equal(partSize(most, 1), MAX_PART_BYTES);
    assert.equal(partSize(most, 1, true), MAX_PART_BYTES);
    const refusal = new RangeError(`A segment of ${most + 1} bytes does not fit its part numbers.`);
    assert.throws(() => partSize(most + 1, 1), refusal);
    assert.throws(() => partSize(most + 1, 1, true), refusal);
  });
});
