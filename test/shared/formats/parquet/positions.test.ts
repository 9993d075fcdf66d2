import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ServiceError } from '../../../../shared/errors.js';
import { MOST_CHUNKS, parquetPositions } from '../../../../shared/formats/parquet/positions.js';

const PAGE_ROWS = 16_384;
const segmentsOf = (...rows: number[]) => rows.map((count) => ({ rows: count, member: 0 }));
const rules = { columns: 13, requested: undefined, rowBytes: 42, pageRows: PAGE_ROWS };

describe('the row groups of a Parquet file', () => {
  it('divide the planned rows of each segment evenly', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(2_000_000), { minLength: 1, maxLength: 30 }),
        fc.double({ min: 1, max: 5000, noNaN: true }),
        fc.option(fc.integer({ min: 1000, max: 3_000_000 }), { nil: undefined }),
        (rows, rowBytes, requested) => {
          const most = requested ?? Infinity;
          const least = rows.reduce((sum, count) => sum + Math.max(1, Math.ceil(count / most)), 0);
          const positionsOf = () => parquetPositions({ ...rules, rowBytes, requested }, segmentsOf(...rows));
          if (least * rules.columns > MOST_CHUNKS) {
            assert.throws(positionsOf, ServiceError);
            return;
          }
          const positions = positionsOf();
          for (const [index, { groups, groupRows, lastRows }] of positions.entries()) {
            const count = rows[index] ?? 0;
            assert.ok(groups * groupRows >= count);
            // Each has at most one row per row group less than the others.
            assert.ok(count - (groups - 1) * groupRows > groupRows - groups || count === 0);
            assert.ok(lastRows >= groupRows);
            if (requested !== undefined) assert.ok(lastRows <= requested);
          }
        },
      ),
    );
  });

  it('are of 16 MiB, at least one page, and a million rows at most', () => {
    const [usual, long, short] = [42, 1_000_000, 1].map(
      (rowBytes) => parquetPositions({ ...rules, rowBytes }, segmentsOf(10_000_000))[0]?.groupRows ?? 0,
    );
    assert.ok(usual !== undefined && usual > 300_000 && usual <= (16 * 2 ** 20) / 42);
    assert.ok(long !== undefined && long > 15_000 && long <= PAGE_ROWS);
    assert.equal(short, 1_000_000);
  });

  it('are larger if there would be too many, and one in each segment at most', () => {
    const wide = { ...rules, columns: 400, rowBytes: 10_000, pageRows: 2560 };
    const positions = parquetPositions(wide, segmentsOf(...Array.from({ length: 400 }, () => 20_000)));
    const groups = positions.reduce((sum, position) => sum + position.groups, 0);
    assert.ok(groups * 400 <= MOST_CHUNKS && groups >= 400);
  });

  it('are too many if even one in each segment is, or if the request sets their rows', () => {
    const wide = { ...rules, columns: 1600 };
    assert.throws(
      () => parquetPositions(wide, segmentsOf(...Array.from({ length: 200 }, () => 20_000))),
      (error: unknown) =>
        error instanceof ServiceError &&
        error.code === 'TOO_MANY_ROWS' &&
        /4000000 rows in 200 row groups of 1600 columns; .* at most 200000 row groups × columns\.$/.test(error.message),
    );
    assert.throws(
      () => parquetPositions({ ...rules, columns: 300, requested: 1000 }, segmentsOf(1_000_000)),
      /1000 row groups of 300 columns; .* With row_group_rows above 1000, there are fewer\./,
    );
  });

  it('have an index of their pages unless there are too many', () => {
    const [small] = parquetPositions(rules, segmentsOf(1_000_000));
    const [large] = parquetPositions({ ...rules, columns: 300, pageRows: 3328 }, segmentsOf(2_000_000));
    assert.deepEqual([small?.hasPageIndex, large?.hasPageIndex], [true, false]);
  });
});
