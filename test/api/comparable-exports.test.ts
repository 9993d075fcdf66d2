import assert from 'node:assert/strict';
import type { ColumnsUsed } from '../../shared/datasets/column-rights.js';
import { FINISHED } from './finished.js';
import { seedFor, someone, startApi, type TestApi } from './support.js';

describe('the exports that an estimate is based on', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  it('have the same columns and masks if a file depends on the rights of its user', async () => {
    const alice = someone();
    const { jobs } = api.deps;
    const finish = async (columns: readonly string[], used: object, rowCount: number): Promise<void> => {
      const seed = seedFor(alice);
      await jobs.insert({ ...seed, request: { ...seed.request, columns } });
      await jobs.markProcessing(seed.jobId);
      await jobs.complete(seed.jobId, { ...FINISHED, rowCount }, 60);
      const sql = 'UPDATE export_jobs SET columns_used = $2 WHERE job_id = $1';
      await api.pool.query(sql, [seed.jobId, JSON.stringify({ orders: used })]);
    };
    const baseOf = async (columns: readonly string[], used: ColumnsUsed[string], isRestricted: boolean) => {
      const shape = { tenantId: alice.tenantId, type: 'orders', format: 'CSV', columns, options: {} };
      const found = await jobs.recentlyFinished({ ...shape, used: { orders: used }, isRestricted });
      return found.map(({ rowCount }) => rowCount).toSorted();
    };
    await finish(['id', 'note'], { id: 'full', note: 'full' }, 1);
    assert.deepEqual(await baseOf(['id', 'note'], { id: 'full', note: 'redact' }, true), []);
    assert.deepEqual(await baseOf(['id'], { id: 'full' }, true), []);
    assert.deepEqual(await baseOf(['id'], { id: 'full' }, false), [1]);
    // A filter uses a column, too, but shows nothing.
    await finish(['id', 'note'], { id: 'full', note: 'redact', status: 'full' }, 2);
    assert.deepEqual(await baseOf(['id', 'note'], { id: 'full', note: 'redact' }, true), [2]);
    assert.deepEqual(await baseOf(['id', 'note'], { id: 'full', note: 'full' }, true), [1]);
  });
});
