import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import type { Principal } from '../../api/deps.js';
import { slotsWorkflowId } from '../../shared/temporal/names.js';
import type { Answer } from '../support/answer.js';
import { queryRows } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { download, readJob, until, untilEnded } from '../support/exports.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { assertProblem, type ReceivedProblem } from './problems.js';
import { someone } from './support.js';

const BODY = { type: 'orders', format: 'csv', columns: ['id', 'status'] };
const job = z.looseObject({ job_id: z.guid(), status: z.string(), progress: z.number() });
const idOf = (answer: Answer): string => job.parse(answer.json).job_id;
const activeIds = (problem: ReceivedProblem): Set<string> => new Set(z.array(z.string()).parse(problem.active_job_ids));

describe('POST /v1/exports', () => {
  let service: TestService;
  let locker: pg.Client;

  before(async () => {
    service = await startService();
    await service.startWorker();
    locker = new pg.Client({ connectionString: service.databaseUrl });
    await locker.connect();
  });
  after(async () => {
    await locker.end();
    await service.close();
  });

  const post = (as: Principal, key?: string, body: unknown = BODY): Promise<Answer> =>
    service.ask('POST', '/v1/exports', { as, body, headers: key === undefined ? {} : { 'Idempotency-Key': key } });

  async function posted(as: Principal): Promise<string> {
    const answer = await post(as);
    assert.equal(answer.status, 202, answer.text);
    return idOf(answer);
  }

  /** Locks the table so that exports stay active during `work`; then waits for them to end. */
  async function whileNobodyReads(user: Principal, work: () => Promise<void>): Promise<void> {
    await locker.query('BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
    try {
      await work();
    } finally {
      await locker.query('ROLLBACK');
    }
    await until('end of all exports', async () => (await service.deps.jobs.activeOf(user)).length === 0);
  }

  it('shows the days of a relative range, and keeps them for the same Idempotency-Key', async () => {
    const alice = someUser();
    const body = { ...BODY, filters: { date_range: 'last_year' }, sort: '-placed_at' };
    const [first, again] = [await post(alice, 'yearly', body), await post(alice, 'yearly', body)];
    assert.deepEqual([first.status, again.status, idOf(again)], [202, 202, idOf(first)]);
    const year = new Date().getUTCFullYear();
    const { filters, sort } = z.looseObject({ filters: z.unknown(), sort: z.unknown() }).parse(first.json);
    assert.deepEqual(
      { filters, sort },
      { filters: { date_range: [`${year - 1}-01-01`, `${year}-01-01`] }, sort: '-placed_at' },
    );
    assertProblem(await post(alice, 'yearly', { ...body, sort: 'placed_at' }), 'IDEMPOTENCY_KEY_REUSED');
    await untilEnded(service, alice, idOf(first));
  });

  it('returns the job, which then becomes a file', async () => {
    const alice = someUser();
    const answer = await post(alice);
    assert.equal(answer.status, 202, answer.text);
    const { job_id, status, progress } = job.parse(answer.json);
    assert.deepEqual({ status, progress }, { status: 'QUEUED', progress: 0 });
    assert.equal(answer.headers.get('location'), `/v1/exports/${job_id}`);

    const done = await untilEnded(service, alice, job_id);
    const rows = await queryRows<{ line: string }>(
      service.databaseUrl,
      `SELECT id || ',' || status || E'\n' AS line FROM orders WHERE tenant_id = $1 ORDER BY id`,
      [alice.tenantId],
    );
    assert.equal(
      (await download(service, alice, job_id)).toString(),
      `id,status\n${rows.map(({ line }) => line).join('')}`,
    );
    const { row_count, rows_exported } = done;
    assert.deepEqual(
      { row_count, rows_exported, total_rows: done.total_rows, progress: done.progress, phase: done.phase },
      { row_count: rows.length, rows_exported: rows.length, total_rows: rows.length, progress: 100, phase: 'done' },
    );
  });

  it("notifies the token's address unless the request wants no email", async () => {
    const alice = { ...someone(), email: 'alice@example.com' };
    const notify = async (answer: Promise<Answer>): Promise<unknown> => job.parse((await answer).json).notify;
    assert.deepEqual(await notify(post(alice)), { email: 'alice@example.com' });
    const mailed = (email: unknown) =>
      notify(post({ ...someone(), email: 'alice@example.com' }, undefined, { ...BODY, notify: { email } }));
    assert.deepEqual(await mailed(false), {});
    assert.deepEqual(await mailed('ALICE@example.com'), { email: 'ALICE@example.com' });
    assert.deepEqual(await notify(post(someone())), {});
  });

  describe('with an Idempotency-Key', () => {
    it('returns the same job for the same request, with its current state', async () => {
      const alice = someUser();
      const first = await post(alice, 'key');
      assert.equal(first.status, 202);
      await untilEnded(service, alice, idOf(first));
      // The same request with its fields in another order and a default spelled out.
      const again = await post(alice, 'key', { filters: {}, columns: BODY.columns, format: 'CSV', type: 'orders' });
      assert.equal(again.status, 202);
      const { job_id, status } = job.parse(again.json);
      assert.deepEqual({ job_id, status }, { job_id: idOf(first), status: 'COMPLETED' });
    });

    it('returns 422 for a different request', async () => {
      const alice = someUser();
      const first = await post(alice, 'key');
      const problem = assertProblem(await post(alice, 'key', { ...BODY, columns: ['id'] }), 'IDEMPOTENCY_KEY_REUSED');
      assert.equal(problem.job_id, idOf(first));
    });

    it('creates a separate job for each user who sends the same key', async () => {
      const alice = someone();
      const users = [alice, { ...alice, userId: someone().userId }, { ...alice, tenantId: someone().tenantId }];
      const ids = await Promise.all(users.map(async (user) => idOf(await post(user, 'key'))));
      assert.equal(new Set(ids).size, 3);
    });

    it('creates one job from concurrent requests, and rejects a different one among them', async () => {
      const alice = someUser();
      await whileNobodyReads(alice, async () => {
        const answers = await Promise.all(Array.from({ length: 5 }, () => post(alice, 'key')));
        assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
        assert.equal(new Set(answers.map(idOf)).size, 1);

        const bodies = [BODY, { ...BODY, columns: ['id'] }, { ...BODY, columns: ['status'] }];
        const mixed = await Promise.all(bodies.map((body) => post(alice, 'mixed', body)));
        assert.deepEqual(mixed.map(({ status }) => status).sort(), [202, 422, 422]);
      });
    });
  });

  describe('with two active exports', () => {
    it('returns 429 with both ids, until one is canceled', async () => {
      const alice = someUser();
      await whileNobodyReads(alice, async () => {
        const [first, second] = [await posted(alice), await posted(alice)];
        const third = await post(alice);
        assert.deepEqual(activeIds(assertProblem(third, 'TOO_MANY_EXPORTS')), new Set([first, second]));
        assert.equal(third.headers.get('retry-after'), '5');

        const cancel = (): Promise<Answer> => service.ask('POST', `/v1/exports/${first}/cancel`, { as: alice });
        assert.equal((await cancel()).status, 202);
        const startedAt = performance.now();
        let next = await post(alice);
        for (; next.status === 429; next = await post(alice)) await sleep(250);
        assert.equal(next.status, 202, next.text);
        assert.ok(performance.now() - startedAt < 2000);
        assert.equal((await untilEnded(service, alice, first, 'CANCELLED')).error_code, null);
        assertProblem(await cancel(), 'NOT_ACTIVE');
        assert.equal((await readJob(service, alice, second)).status, 'PROCESSING');
      });
    });

    it('still returns 429 after the semaphore was terminated', async () => {
      const alice = someUser();
      await whileNobodyReads(alice, async () => {
        const active = [await posted(alice), await posted(alice)];
        const { client } = service.deps.temporal;
        await client.workflow.getHandle(slotsWorkflowId(alice.tenantId, alice.userId)).terminate();
        assert.deepEqual(activeIds(assertProblem(await post(alice), 'TOO_MANY_EXPORTS')), new Set(active));
      });
    });

    deeply('admits two of fifty concurrent requests, and rejects the others with 429', async () => {
      const alice = someUser();
      await whileNobodyReads(alice, async () => {
        const answers = await Promise.all(Array.from({ length: 50 }, () => post(alice)));
        const admitted = new Set(answers.filter(({ status }) => status === 202).map(idOf));
        assert.equal(admitted.size, 2);
        for (const answer of answers.filter(({ status }) => status !== 202)) {
          assert.deepEqual(activeIds(assertProblem(answer, 'TOO_MANY_EXPORTS')), admitted);
        }
      });
    });
  });

  it('returns 202 when the job database goes down after the export has started', async () => {
    const alice = someUser();
    const { jobs } = service.deps;
    const insert = jobs.insert.bind(jobs);
    jobs.insert = () => Promise.reject(new Error('the database is down'));
    try {
      const jobId = await posted(alice);
      // The export inserts its own row.
      await until('the row', () => jobs.find(jobId));
      await untilEnded(service, alice, jobId);
    } finally {
      jobs.insert = insert;
    }
  });
});
