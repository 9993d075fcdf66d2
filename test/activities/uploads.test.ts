import { MockActivityEnvironment } from '@temporalio/testing';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { openUpload } from '../../activities/file/open-upload.js';
import { planExport } from '../../activities/plan/plan-export.js';
import type { JobSeed } from '../../shared/contract.js';
import { FAST, startService, someUser, type TestService } from '../support/service.js';
import { NOBODY } from '../support/origin.js';

describe('the upload of an export', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(() => service.close());

  const run = <T>(work: () => Promise<T>): Promise<T> =>
    new MockActivityEnvironment({ startToCloseTimeoutMs: 20_000 }).run(work);

  async function planned(): Promise<{ jobId: string; tenantId: string; generation: number; key: string }> {
    const user = someUser();
    const job: JobSeed = {
      ...user,
      jobId: randomUUID(),
      request: { type: 'orders', format: 'CSV', columns: ['id', 'note'], filters: {}, options: {}, notify: {} },
      scheduleId: null,
      savedExportId: null,
      idempotencyKey: null,
      requestHash: 'of a test',
      createdAt: new Date().toISOString(),
      origin: NOBODY,
    };
    const { jobId, tenantId } = job;
    await service.deps.jobs.insert(job);
    const input = { jobId, tenantId, sizes: FAST, demand: {} };
    const { plan } = await run(() => planExport(service.deps, input, new AbortController().signal));
    const { generation } = plan;
    const key = (await service.deps.jobs.find(jobId))?.file_key ?? '';
    return { jobId, tenantId, generation, key };
  }
  const uploadsOf = async (key: string): Promise<string[]> =>
    (await service.deps.store.openUploads(key)).map(({ uploadId }) => uploadId);

  it('is opened once, even by many concurrent attempts', async () => {
    const { key, ...job } = await planned();
    const opened = await Promise.all([1, 2, 3].map(() => run(() => openUpload(service.deps)(job))));
    assert.deepEqual(opened, [{ state: 'open' }, { state: 'open' }, { state: 'open' }]);
    const row = await service.deps.jobs.find(job.jobId);
    assert.deepEqual(await uploadsOf(key), [row?.upload_id]);
  });

  it('is replaced by a single next generation after it is lost, however many attempts notice', async () => {
    const { key, ...job } = await planned();
    await run(() => openUpload(service.deps)(job));
    await service.deps.store.abortUploadsOf(key);
    const found = await Promise.all([1, 2].map(() => run(() => openUpload(service.deps)(job))));
    assert.deepEqual(found, [{ state: 'replaced' }, { state: 'replaced' }]);
    const row = await service.deps.jobs.find(job.jobId);
    assert.deepEqual([row?.generation, row?.upload_id], [2, null]);
    assert.deepEqual(
      await run(() => openUpload(service.deps)(job)),
      { state: 'replaced' },
      'the old generation is not reopened',
    );
  });

  it('accepts commits of the latest attempt only, and none of another generation', async () => {
    const job = await planned();
    await run(() => openUpload(service.deps)(job));
    const { plans, jobs } = service.deps;
    const { jobId, generation } = job;
    const begin = async (): Promise<number> => (await plans.beginAttempt(jobId, generation, 0))?.attempt ?? 0;
    const commit = (attempt: number, of = generation): Promise<boolean> =>
      plans.commit({
        ...{ jobId, generation: of, segment: 0, attempt, rows: 7, bytes: 70, summary: {} },
        pieces: { kind: 'held', key: 'tmp/of-a-test', crc32: 0 },
      });
    const [late, latest] = [await begin(), await begin()];
    const before = await jobs.find(jobId);
    assert.equal(await commit(late), false);
    assert.equal(await commit(latest, generation + 1), false);
    assert.deepEqual(await jobs.find(jobId), before, 'rejected commits change nothing');
    assert.equal((await plans.segments(jobId))[0]?.rows, null);

    assert.equal(await commit(latest), true);
    assert.equal(await commit(latest), false, 'a segment is committed only once');
    assert.equal((await jobs.find(jobId))?.rows_exported, 7);
    assert.equal(
      (await plans.beginAttempt(jobId, generation, 0))?.attempt,
      latest,
      'a committed segment does not run again',
    );

    await plans.endGeneration(jobId, generation);
    assert.equal(await plans.beginAttempt(jobId, generation, 0), null);
    assert.equal(await commit(latest), false);
    assert.equal((await jobs.find(jobId))?.rows_exported, 0);
  });
});
