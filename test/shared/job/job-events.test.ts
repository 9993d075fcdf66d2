import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ExportStatus, JobSeed } from '../../../shared/contract.js';
import { ServiceError } from '../../../shared/errors.js';
import { isActive } from '../../../shared/job/lifecycle.js';
import type { JobRow } from '../../../shared/job/row.js';
import { JobStore } from '../../../shared/job/store.js';
import { createPool, type Pool } from '../../../shared/postgres.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/database.js';
import { NOBODY } from '../../support/origin.js';

const FILE = {
  ...{ fileKey: 'exports/a/b.csv', rowCount: 12, fileSize: 345, checksum: 'crc32:00000000' },
  warnings: [{ code: 'CUT', message: 'It was cut \0 short.', count: 2 }],
};
const FAILURE = { code: 'INTERNAL', message: 'It failed.' } as const;

describe('in the row of an export,', () => {
  let database: TestDatabase;
  let pool: Pool;
  let jobs: JobStore;

  before(async () => {
    database = await createMigratedDatabase();
    pool = createPool(database.url, { max: 2, name: 'test', onIdleError: () => undefined });
    jobs = new JobStore(pool);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  const newJob = (filters: JobSeed['request']['filters'] = {}): JobSeed => ({
    ...{ jobId: randomUUID(), userId: randomUUID(), tenantId: randomUUID() },
    request: { type: 'orders', format: 'CSV', columns: ['id'], filters, options: {}, notify: {} },
    ...{
      scheduleId: null,
      savedExportId: null,
      idempotencyKey: 'once',
      requestHash: 'hash',
      createdAt: '2026-01-31T12:00:00.000Z',
      origin: NOBODY,
    },
  });

  /** A row with a value in every column that an event changes. */
  async function fullRow(status: ExportStatus): Promise<string> {
    const job = newJob();
    await jobs.insert(job);
    await pool.query(
      `UPDATE export_jobs SET status = $2, error_code = 'INTERNAL', error_message = 'Before.', progress = 7,
         plan = '{}', upload_id = 'upload', generation = 3, started_at = $3, completed_at = $3, cancel_requested_at = $3
       WHERE job_id = $1`,
      [job.jobId, status, LONG_AGO],
    );
    await pool.query(
      `INSERT INTO export_segments (job_id, segment, planned_rows, position, mode) VALUES ($1, 0, 1, '{}', 'parts')`,
      [job.jobId],
    );
    return job.jobId;
  }
  const LONG_AGO = new Date('2020-01-31T12:00:00Z');

  const isRecent = (moment: Date | null): boolean =>
    moment !== null && Math.abs(Date.now() - moment.getTime()) < 60_000;
  const rest = async (jobId: string) => {
    const { rows } = await pool.query<{ plan: unknown; segments: number }>(
      `SELECT plan, (SELECT count(*)::integer FROM export_segments s WHERE s.job_id = j.job_id) AS segments
       FROM export_jobs j WHERE job_id = $1`,
      [jobId],
    );
    return rows[0];
  };

  it('an insert writes the request once, however often it is repeated', async () => {
    const job = newJob({ region: 'north' });
    await jobs.insert(job);
    await jobs.insert({ ...job, request: { ...job.request, type: 'other' } });
    await jobs.insertFailed(job, FAILURE);
    const row = await jobs.get(job.jobId);
    assert.deepEqual(
      [row.status, row.user_id, row.tenant_id, row.type, row.filters, row.columns, row.idempotency_key],
      ['QUEUED', job.userId, job.tenantId, 'orders', { region: 'north' }, ['id'], 'once'],
    );
    assert.deepEqual([row.created_at.toISOString(), row.completed_at], [job.createdAt, null]);
  });

  it('an insert of text that cannot be stored is rejected, and its failure is stored without that text', async () => {
    const job = newJob({ region: 'a\0b' });
    await assert.rejects(jobs.insert(job), (error: unknown) => {
      assert.ok(error instanceof ServiceError && error.cause instanceof Error);
      assert.equal(error.code, 'NOT_STORABLE');
      assert.equal(error.message, "The request contains characters that can't be stored.");
      return true;
    });
    await jobs.insertFailed(job, { code: 'NOT_STORABLE', message: `\0${'x'.repeat(3000)}` });
    const row = await jobs.get(job.jobId);
    assert.deepEqual([row.status, row.error_code, row.filters], ['FAILED', 'NOT_STORABLE', { region: 'a\uFFFDb' }]);
    assert.equal(row.error_message, `\uFFFD${'x'.repeat(1999)}`);
    assert.ok(isRecent(row.completed_at));
  });

  it('a begin sets the start time once, and only if no cancellation was requested before', async () => {
    const [first, canceled] = [newJob(), newJob()];
    for (const job of [first, canceled]) await jobs.insert(job);
    assert.equal(await jobs.begin(first.jobId, { needsPlace: false }), true);
    const { status, started_at } = await jobs.get(first.jobId);
    assert.ok(status === 'PROCESSING' && isRecent(started_at));
    await pool.query("UPDATE export_jobs SET status = 'QUEUED' WHERE job_id = $1", [first.jobId]);
    assert.equal(await jobs.begin(first.jobId, { needsPlace: false }), false);
    await jobs.requestCancel(canceled.jobId, null);
    assert.equal(await jobs.begin(canceled.jobId, { needsPlace: false }), false);
  });

  it("a begin that needs a place renews its own place's lease, or does nothing", async () => {
    const [placed, other] = [newJob(), newJob()];
    for (const job of [placed, other]) await jobs.insert(job);
    const place = 'INSERT INTO tenant_places VALUES ($1, $2, now())';
    await pool.query(place, [placed.jobId, placed.tenantId]);
    assert.equal(await jobs.begin(other.jobId, { needsPlace: true }), false);
    assert.equal((await jobs.get(other.jobId)).status, 'QUEUED');
    assert.equal(await jobs.begin(placed.jobId, { needsPlace: true }), true);
    const { rows } = await pool.query<{ lease: number }>(
      'SELECT extract(epoch FROM reserved_until - now())::integer AS lease FROM tenant_places',
    );
    assert.ok(rows.length === 1 && rows.every(({ lease }) => lease > 50 && lease <= 60));
  });

  it('a begin by a granted slot keeps the first start time', async () => {
    const job = newJob();
    await jobs.insert(job);
    await jobs.markProcessing(job.jobId);
    assert.ok(isRecent((await jobs.get(job.jobId)).started_at));
    const again = await fullRow('QUEUED');
    await jobs.markProcessing(again);
    assert.deepEqual((await jobs.get(again)).started_at, LONG_AGO);
  });

  it("a completion writes the file, clears the failure, and sets the link's expiry", async () => {
    const job = newJob();
    await jobs.insert(job);
    await jobs.fail(job.jobId, FAILURE);
    await pool.query('UPDATE export_jobs SET completed_at = NULL WHERE job_id = $1', [job.jobId]);
    const row = await jobs.complete(job.jobId, FILE, 3600);
    assert.deepEqual(row, await jobs.get(job.jobId));
    const { progress, rows_exported, row_count, file_key, file_size, checksum, error_code, error_message } = row;
    assert.deepEqual([progress, rows_exported, row_count, file_key], [100, 12, 12, 'exports/a/b.csv']);
    assert.deepEqual([file_size, checksum, error_code, error_message], [345, 'crc32:00000000', null, null]);
    assert.deepEqual(row.warnings, [{ code: 'CUT', message: 'It was cut \uFFFD short.', count: 2 }]);
    assert.ok(isRecent(row.completed_at));
    const lifetimeMs = (row.url_expires_at?.getTime() ?? NaN) - (row.completed_at?.getTime() ?? NaN);
    assert.equal(lifetimeMs, 3_600_000);
  });

  it("a second completion does not extend the link's expiry", async () => {
    const job = newJob();
    await jobs.insert(job);
    const first = await jobs.complete(job.jobId, FILE, 3600);
    const second = await jobs.complete(job.jobId, { ...FILE, fileSize: 999 }, 7200);
    assert.equal(second?.file_size, 999);
    assert.deepEqual([second.completed_at, second.url_expires_at], [first?.completed_at, first?.url_expires_at]);
    assert.equal(await jobs.complete(randomUUID(), FILE, 3600), null);
  });

  it('a failure writes the reason and the time, in 2,000 storable characters, unless the export had ended', async () => {
    const jobId = await fullRow('PROCESSING');
    assert.equal(await jobs.fail(jobId, { code: 'SOURCE_UNAVAILABLE', message: `\0${'x'.repeat(3000)}` }), true);
    const row = await jobs.get(jobId);
    assert.deepEqual([row.error_code, row.error_message], ['SOURCE_UNAVAILABLE', `\uFFFD${'x'.repeat(1999)}`]);
    assert.ok(isRecent(row.completed_at));
    assert.equal(await jobs.fail(jobId, FAILURE), false);
    assert.equal((await jobs.get(jobId)).error_code, 'SOURCE_UNAVAILABLE');
  });

  it('a cancellation removes the plan, the upload and the segments, and starts the next generation', async () => {
    const [jobId, other] = [await fullRow('PROCESSING'), await fullRow('PROCESSING')];
    assert.equal(await jobs.cancel(jobId), true);
    const row = await jobs.get(jobId);
    assert.deepEqual([row.upload_id, row.generation], [null, 4]);
    assert.ok(isRecent(row.completed_at));
    assert.deepEqual(await rest(jobId), { plan: null, segments: 0 });
    assert.deepEqual(await rest(other), { plan: {}, segments: 1 });
    assert.equal(await jobs.cancel(jobId), false);
  });

  it('a reset clears the failure, the end time and the cancellation request', async () => {
    const [jobId, completed] = [await fullRow('FAILED'), await fullRow('COMPLETED')];
    for (const id of [jobId, completed]) await jobs.requeue(id);
    const ends = (row: JobRow) => [row.error_code, row.error_message, row.completed_at, row.cancel_requested_at];
    assert.deepEqual(ends(await jobs.get(jobId)), [null, null, null, null]);
    assert.deepEqual(ends(await jobs.get(completed)), ['INTERNAL', 'Before.', LONG_AGO, LONG_AGO]);
  });

  it('a reset starts the next generation if no worker could continue with the plan', async () => {
    const [outdated, other] = [await fullRow('FAILED'), await fullRow('FAILED')];
    await pool.query(`UPDATE export_jobs SET error_code = 'WORKER_OUTDATED' WHERE job_id = $1`, [outdated]);
    for (const id of [outdated, other]) await jobs.requeue(id);
    const seen = async (id: string) => {
      const { status, upload_id, generation, rows_exported } = await jobs.get(id);
      return [status, upload_id, generation, rows_exported, (await rest(id))?.plan];
    };
    assert.deepEqual(await seen(outdated), ['QUEUED', null, 4, 0, null]);
    assert.deepEqual(await seen(other), ['QUEUED', 'upload', 3, 0, {}]);
  });

  it('a reset changes nothing once the user has deleted what a failure left behind: the row would stay QUEUED', async () => {
    const jobId = await fullRow('FAILED');
    await pool.query('UPDATE export_jobs SET file_deleted_at = now() WHERE job_id = $1', [jobId]);
    await jobs.requeue(jobId);
    assert.equal((await jobs.get(jobId)).status, 'FAILED');
  });

  it('an event fails with JOB_STORE_UNAVAILABLE while the job database is down', async () => {
    const away = createPool('postgres://127.0.0.1:1/none', { max: 1, name: 'test', onIdleError: () => undefined });
    const store = new JobStore(away);
    for (const work of [store.insert(newJob()), store.complete(randomUUID(), FILE, 60)]) {
      await assert.rejects(work, (error: unknown) => {
        assert.ok(error instanceof ServiceError);
        assert.equal(error.code, 'JOB_STORE_UNAVAILABLE');
        assert.match(error.message, /^The job database /);
        return true;
      });
    }
    await away.end();
  });
});

describe('an export is active', () => {
  it('while it is QUEUED or PROCESSING', () => {
    const statuses: ExportStatus[] = ['QUEUED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED'];
    assert.deepEqual(statuses.filter(isActive), ['QUEUED', 'PROCESSING']);
  });
});
