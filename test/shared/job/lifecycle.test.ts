import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EXPORT_STATUSES, type JobSeed } from '../../../shared/contract.js';
import { operatorEvent } from '../../../shared/job/audit-events.js';
import { TRANSITIONS, type LifecycleEvent } from '../../../shared/job/lifecycle.js';
import { PlanStore } from '../../../shared/job/plan-store.js';
import { JobStore } from '../../../shared/job/store.js';
import { createPool, type Pool } from '../../../shared/postgres.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/database.js';
import { NOBODY } from '../../support/origin.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const EVENTS = Object.keys(TRANSITIONS) as LifecycleEvent[];

const newJob = (): JobSeed => ({
  jobId: randomUUID(),
  userId: randomUUID(),
  tenantId: randomUUID(),
  request: { type: 'orders', format: 'CSV', columns: ['id'], filters: {}, options: {}, notify: {} },
  scheduleId: null,
  savedExportId: null,
  idempotencyKey: null,
  requestHash: 'hash',
  createdAt: new Date().toISOString(),
  origin: NOBODY,
});
const FILE = { fileKey: 'exports/a/b.csv', rowCount: 1, fileSize: 2, checksum: 'crc32:00000000', warnings: [] };

describe("an export's row", () => {
  let database: TestDatabase;
  let pool: Pool;
  let jobs: JobStore;
  let apply: Record<LifecycleEvent, (jobId: string) => Promise<unknown>>;

  before(async () => {
    database = await createMigratedDatabase();
    pool = createPool(database.url, { max: 2, name: 'test', onIdleError: () => undefined });
    jobs = new JobStore(pool);
    apply = {
      begin: (jobId) => jobs.markProcessing(jobId),
      complete: (jobId) => jobs.complete(jobId, FILE, 60),
      fail: (jobId) => jobs.fail(jobId, { code: 'INTERNAL', message: 'It failed.' }),
      cancel: (jobId) => jobs.cancel(jobId),
      requeue: (jobId) => jobs.requeue(jobId),
      remake: (jobId) => new PlanStore(pool).attachUpload(jobId, 1, 'upload'),
    };
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  for (const event of EVENTS) {
    for (const before of EXPORT_STATUSES) {
      const { from, to } = TRANSITIONS[event];
      const expected = from.some((status) => status === before) ? to : before;
      it(`${event}: ${before} → ${expected}`, async () => {
        const job = newJob();
        await jobs.insert(job);
        await pool.query('UPDATE export_jobs SET status = $2 WHERE job_id = $1', [job.jobId, before]);
        await apply[event](job.jobId);
        assert.equal((await jobs.find(job.jobId))?.status, expected);
      });
    }
  }

  it('is QUEUED when it is created, or FAILED if its request is rejected later', async () => {
    const [queued, failed] = [newJob(), newJob()];
    await jobs.insert(queued);
    await jobs.insertFailed(failed, { code: 'INTERNAL', message: 'Refused.' });
    assert.equal((await jobs.find(queued.jobId))?.status, 'QUEUED');
    const row = await jobs.find(failed.jobId);
    assert.equal(row?.status, 'FAILED');
    assert.ok(row.completed_at !== null);
  });

  for (const action of ['export.terminated', 'export.canceled'] as const) {
    it(`records ${action} once, with the end that an operator caused, and not if somebody requested a cancel`, async () => {
      const ids: string[] = [];
      for (const isRequested of [false, true]) {
        const job = newJob();
        const { jobId } = job;
        await jobs.insert(job);
        if (isRequested) await jobs.requestCancel(jobId, null);
        const event = operatorEvent(await jobs.get(jobId), action);
        const end = (): Promise<boolean> =>
          action === 'export.canceled'
            ? jobs.cancel(jobId, event)
            : jobs.fail(jobId, { code: 'TERMINATED', message: 'Terminated.' }, event);
        assert.deepEqual([await end(), await end()], [true, false]);
        const row = await jobs.get(jobId);
        assert.equal(row.status, action === 'export.canceled' ? 'CANCELLED' : 'FAILED');
        assert.equal(row.error_code, action === 'export.canceled' ? null : 'TERMINATED');
        ids.push(jobId);
      }
      const { rows } = await pool.query(
        "SELECT job_id, action, actor_ref FROM audit_events WHERE job_id = ANY ($1) AND action <> 'export.requested'",
        [ids],
      );
      assert.deepEqual(rows, [{ job_id: ids[0], action, actor_ref: null }]);
    });
  }

  it('changes its status only in lifecycle.ts', () => {
    const files = globSync('{activities,api,shared,worker,workflows}/**/*.ts', { cwd: ROOT });
    const setters = files.filter((file) => {
      const text = readFileSync(`${ROOT}/${file}`, 'utf8');
      const updates = [...text.matchAll(/UPDATE export_jobs\b[\s\S]*?(?:WHERE|`)/g)].map(([statement]) => statement);
      return updates.some((statement) => /\bstatus = (?!\$\{statusAfter)/.test(statement));
    });
    assert.deepEqual(setters, ['shared/job/lifecycle.ts']);
  });

  it('has the transitions that docs/architecture.md lists', () => {
    const text = readFileSync(`${ROOT}/docs/architecture.md`, 'utf8');
    const rows = EVENTS.map((event) => {
      const { from, to, when } = TRANSITIONS[event];
      const statuses = from.length === EXPORT_STATUSES.length ? 'any' : from.join(', ');
      return `\`${event}\` | ${statuses} | ${to} | ${when}`;
    });
    const listed = text.split('\n').map((line) => line.replace(/^\|\s*|\s*\|$/g, '').replace(/\s*\|\s*/g, ' | '));
    assert.deepEqual(
      listed.filter((line) => /^`\w+` \| .*(QUEUED|PROCESSING|COMPLETED)/.test(line)),
      rows,
    );
  });
});
