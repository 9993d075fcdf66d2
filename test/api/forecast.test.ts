import assert from 'node:assert/strict';
import { forecast } from '../../api/exports/estimate.js';
import type { Finished } from '../../shared/job/store.js';

const exports = (count: number, rowCount: number, seconds: number): Finished[] =>
  Array.from({ length: count }, () => ({ rowCount, fileSize: rowCount * 200, seconds }));
const of = (rows: number, ...recent: Finished[][]) => forecast({ rows, rowsAre: 'exact' }, recent.flat());

describe('the forecast of an export', () => {
  it('is based on the largest exports; small ones mostly measure fixed costs', () => {
    const { bytes, seconds, based_on: basedOn } = of(140_000, exports(19, 132, 0.3), exports(1, 100_000, 1));
    assert.deepEqual([bytes, seconds, basedOn], [28_000_000, 1.4, 1]);
  });

  it('has no duration if all exports were far smaller', () => {
    const { bytes, seconds, reason } = of(140_000, exports(20, 132, 0.3));
    assert.deepEqual([bytes, seconds], [28_000_000, null]);
    assert.match(reason ?? '', /too small/);
  });

  it('is never shorter than the shortest export', () => {
    assert.equal(of(1, exports(2, 100_000, 1), exports(2, 50, 0.3)).seconds, 0.3);
  });

  it('is empty without exports, or with empty ones only', () => {
    for (const recent of [[], exports(3, 0, 0.3)]) {
      assert.match(of(10, recent).reason ?? '', /has completed recently/);
    }
  });
});
