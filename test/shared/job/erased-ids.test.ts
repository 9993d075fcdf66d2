import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ErasedIds } from '../../../shared/job/erased-ids.js';
import { JobStore } from '../../../shared/job/store.js';
import { createPool, type Pool } from '../../../shared/postgres.js';
import { seedFor, someone } from '../../api/support.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/database.js';

const FAILURE = { code: 'INTERNAL', message: 'It failed.' } as const;

describe('a row of an erased id', () => {
  let database: TestDatabase;
  let pool: Pool;
  let jobs: JobStore;
  let erasedIds: ErasedIds;

  before(async () => {
    database = await createMigratedDatabase();
    pool = createPool(database.url, { max: 2, name: 'test', onIdleError: () => undefined });
    jobs = new JobStore(pool);
    erasedIds = new ErasedIds(pool);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  for (const [how, insert] of Object.entries({
    QUEUED: (job: ReturnType<typeof seedFor>) => jobs.insert(job),
    FAILED: (job: ReturnType<typeof seedFor>) => jobs.insertFailed(job, FAILURE),
  })) {
    it(`can't be inserted as ${how}, with its event, until the id is allowed again`, async () => {
      const [byJob, bySchedule] = [seedFor(someone()), seedFor(someone(), { scheduleId: randomUUID() })];
      const { scheduleId } = bySchedule;
      assert(scheduleId !== null);
      await erasedIds.markJobs([byJob.jobId]);
      await erasedIds.markSchedules([`export-schedule/tenant/user/${scheduleId}`]);
      for (const job of [byJob, bySchedule]) {
        await insert(job);
        assert.equal(await jobs.find(job.jobId), null);
        const { rowCount } = await pool.query('SELECT FROM audit_events WHERE job_id = $1', [job.jobId]);
        assert.equal(rowCount, 0);
      }
      for (const id of [byJob.jobId, scheduleId]) await erasedIds.allow(id);
      for (const job of [byJob, bySchedule]) {
        await insert(job);
        assert.equal((await jobs.find(job.jobId))?.status, how);
      }
    });
  }
});
