import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cutSegments, fittingRows, MAX_SEGMENTS, type Bound } from '../../../shared/plan/segments.js';

/** The bounds read from `rows` rows: every `every`-th row and the last. */
function boundsOf(rows: number, every: number): Bound[] {
  const count = Math.ceil(rows / every);
  return Array.from({ length: count }, (_, index) => {
    const n = Math.min(rows, (index + 1) * every);
    return { n, key: [String(n)] };
  });
}

describe('splitting an export into segments', () => {
  it('covers every row once, in order, with at most 500 segments, none of them empty', () => {
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

  it('makes one segment per bound; from 64 bounds on, joins all but the last eight, up to four at a time, or more to stay within 500', () => {
    const segments = (bounds: number): number => cutSegments(boundsOf(2 * bounds, 2)).segments.length;
    assert.equal(segments(1), 1);
    assert.equal(segments(63), 63);
    assert.equal(segments(64), 36);
    assert.equal(segments(100), 38);
    assert.equal(segments(128), 38);
    assert.equal(segments(500), 131);
    assert.equal(segments(4096), 462);
  });

  it('plans at most the allowed number, however small', () => {
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

  it('makes one open segment if there are no rows', () => {
    assert.deepEqual(cutSegments([]), { segments: [{ lower: null, upper: null, rows: 0, member: 0 }], totalRows: 0 });
  });

  it('ends a member at the last bound that keeps it within its row limit', () => {
    const bounds = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 200 }).map((steps) => {
      let n = 0;
      return steps.map((step) => {
        n += step;
        return { n, key: [String(n)] };
      });
    });
    fc.assert(
      fc.property(bounds, fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 60 }), (all, memberRows, max) => {
        const { segments } = cutSegments(all, { memberRows, maxSegments: max });
        const rowsOf = (member: number): number =>
          segments.filter((segment) => segment.member === member).reduce((sum, { rows }) => sum + rows, 0);
        const members = 1 + Math.max(...segments.map(({ member }) => member));
        let n = 0;
        for (let member = 0; member < members; member += 1) {
          const taken = all.filter((bound) => bound.n > n && bound.n <= n + memberRows);
          // Rows between two bounds stay together, even if they exceed the member's limit.
          n = taken.at(-1)?.n ?? all.find((bound) => bound.n > n)?.n ?? NaN;
          const before = segments.filter((segment) => segment.member < member).reduce((sum, { rows }) => sum + rows, 0);
          assert.equal(before + rowsOf(member), n, `member ${member}`);
        }
        assert.equal(n, all.at(-1)?.n, 'no row is left over');
        assert.ok(segments.length <= Math.max(max, members), 'at most the allowed number, or one per member');
      }),
    );
  });

  it('distributes the allowed segments over several members, and keeps the last segments short', () => {
    const { segments } = cutSegments(boundsOf(100, 1), { memberRows: 55, maxSegments: 20 });
    assert.deepEqual(
      segments.map(({ rows }) => rows),
      [10, 10, 10, 10, 10, 5, 5, 10, 10, 10, 3, 1, 1, 1, 1, 1, 1, 1],
    );
  });
});

describe('the number of rows per segment', () => {
  const unit = fc.integer({ min: 1, max: 50 });
  const wantedRows = fc.integer({ min: 1, max: 10_000 });

  it('is the largest multiple of the unit within the wanted number, and at least one unit', () => {
    fc.assert(
      fc.property(wantedRows, unit, (wanted, unitRows) => {
        const rows = fittingRows(wanted, unitRows, Infinity);
        assert.equal(rows % unitRows, 0);
        assert.ok(rows <= Math.max(wanted, unitRows) && rows + unitRows > wanted);
      }),
    );
  });

  it('fills a member with as few segments as the wanted number allows, all equal to within a unit', () => {
    fc.assert(
      fc.property(wantedRows, unit, fc.integer({ min: 1, max: 500 }), (wanted, unitRows, units) => {
        const memberRows = units * unitRows;
        const rows = fittingRows(wanted, unitRows, memberRows);
        const segments = Math.ceil(memberRows / wanted);
        assert.equal(rows % unitRows, 0);
        if (rows > unitRows) assert.ok(segments * rows <= memberRows, 'they fit');
        assert.ok(segments * (rows + unitRows) > memberRows, 'one unit more would not');
      }),
    );
  });
});
