import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cutSegments, MAX_SEGMENTS, type Bound } from '../../../shared/plan/segments.js';

/** What is read of `rows` rows: every `every`-th and the last. */
function boundsOf(rows: number, every: number): Bound[] {
  const count = Math.ceil(rows / every);
  return Array.from({ length: count }, (_, index) => {
    const n = Math.min(rows, (index + 1) * every);
    return { n, key: [String(n)] };
  });
}

describe('cutting an export into segments', () => {
  it('covers every row once, in order, with at most 500 segments that never are empty', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000_000 }), fc.integer({ min: 1, max: 100_000 }), (rows, size) => {
        const every = Math.max(size, Math.ceil(rows / 5000));
        const { segments, totalRows } = cutSegments(boundsOf(rows, every));
        assert.equal(totalRows, rows);
        assert.ok(segments.length >= 1 && segments.length <= MAX_SEGMENTS);
        let before: string | null = null;
        let n = 0;
        for (const { lower, upper, rows: planned } of segments) {
          assert.ok(planned > 0);
          assert.deepEqual(lower, before === null ? null : [before]);
          n += planned;
          assert.deepEqual(upper, [String(n)]);
          before = String(n);
        }
        assert.equal(n, rows);
      }),
    );
  });

  it('makes a segment of each bound, joins up to four but the last eight when that leaves 32, and never makes more than 500', () => {
    const segments = (bounds: number): number => cutSegments(boundsOf(2 * bounds, 2)).segments.length;
    assert.equal(segments(1), 1);
    assert.equal(segments(63), 63);
    assert.equal(segments(64), 36);
    assert.equal(segments(100), 38);
    assert.equal(segments(128), 38);
    assert.equal(segments(500), 131);
    assert.equal(segments(4096), 462);
  });

  it('makes no more than it may, however few those are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 60 }), (rows, maxSegments) => {
        const { segments } = cutSegments(boundsOf(rows, 1), { maxSegments });
        assert.ok(segments.length <= maxSegments, `${segments.length}`);
        assert.equal(
          segments.reduce((sum, segment) => sum + segment.rows, 0),
          rows,
        );
      }),
    );
  });

  it('makes one open segment of no rows', () => {
    assert.deepEqual(cutSegments([]), { segments: [{ lower: null, upper: null, rows: 0, member: 0 }], totalRows: 0 });
  });
});
