import { MockActivityEnvironment } from '@temporalio/testing';
import assert from 'node:assert/strict';
import { planExport } from '../../activities/plan/plan-export.js';
import type { PlanDemand } from '../../shared/temporal/inputs.js';
import { seedFor } from '../api/support.js';
import { queryRows } from '../support/database.js';
import { FAST, someUser, startService, type TestService } from '../support/service.js';

/** A path into the plan, and a value with which this worker can't continue it. */
const UNUSABLE = {
  'a newer encoder': ['CSV', '{encoderVersion}', 99],
  'an older encoder': ['CSV', '{encoderVersion}', 0],
  'a mask key that this worker lacks': ['CSV', '{maskKeyId}', '0123456789abcdef'],
  'other fonts': ['PDF', '{files,0,layout,fonts}', 'others'],
} as const;

describe('a plan that exists at the start of a run', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(() => service.close());

  async function planned(format: string) {
    const job = seedFor(someUser());
    await service.deps.jobs.insert({ ...job, request: { ...job.request, format } });
    return (demand: PlanDemand): Promise<number> =>
      new MockActivityEnvironment({ startToCloseTimeoutMs: 20_000 }).run(async () => {
        const input = { jobId: job.jobId, tenantId: job.tenantId, sizes: FAST, demand };
        return (await planExport(service.deps, input, new AbortController().signal)).plan.generation;
      });
  }

  for (const [what, [format, path, value]] of Object.entries(UNUSABLE)) {
    it(`is replaced if it was made with ${what}, and only then`, async () => {
      const plan = await planned(format);
      assert.equal(await plan({ replaceUnusable: true }), 1);
      assert.equal(await plan({ replaceUnusable: true }), 1);
      await queryRows(
        service.databaseUrl,
        'UPDATE export_jobs SET plan = jsonb_set(plan, $1::text[], $2) WHERE plan IS NOT NULL AND generation = 1',
        [path, JSON.stringify(value)],
      );
      assert.equal(await plan({ replaceUnusable: true }), 2);
      assert.equal(await plan({}), 2);
    });
  }
});
