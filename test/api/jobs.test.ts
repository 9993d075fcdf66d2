import assert from 'node:assert/strict';
import { z } from 'zod';
import type { ExportStatus } from '../../shared/contract.js';
import { assertProblem } from './problems.js';
import { seedFor, setPlanned, someone, startApi, type TestApi } from './support.js';

const page = z.object({
  exports: z.array(z.looseObject({ job_id: z.string(), status: z.string(), type: z.string() })),
  next_cursor: z.string().nullable(),
  active_job_ids: z.array(z.string()),
  max_active_exports: z.number(),
});

describe('jobs', () => {
  let api: TestApi;
  const alice = someone();

  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  async function insert(
    user: typeof alice,
    status: ExportStatus,
    createdAt: string,
    urlTtlSeconds = 86_400,
  ): Promise<string> {
    const { jobs } = api.deps;
    const seed = seedFor(user, { createdAt });
    await jobs.insert(seed);
    if (status !== 'QUEUED') await jobs.markProcessing(seed.jobId);
    if (status === 'COMPLETED') {
      await jobs.complete(
        seed.jobId,
        { rowCount: 5, fileKey: 'k', fileSize: 50, checksum: 'crc32:0a1b2c3d', warnings: [] },
        urlTtlSeconds,
      );
    }
    if (status === 'FAILED') await jobs.fail(seed.jobId, { code: 'TERMINATED', message: 'An operator ended it.' });
    if (status === 'CANCELLED') await jobs.cancel(seed.jobId);
    return seed.jobId;
  }

  describe('one by one', () => {
    it('show the fields of their rows, and nothing that only workers need', async () => {
      const createdAt = '2026-11-22T10:11:12.345Z';
      const jobId = await insert(alice, 'COMPLETED', createdAt);
      const answer = await api.ask('GET', `/v1/exports/${jobId.toUpperCase()}`, { as: alice });
      assert.equal(answer.status, 200);
      const { download_url, url_expires_at, started_at, completed_at, ...rest } = z
        .record(z.string(), z.unknown())
        .parse(answer.json);
      for (const time of [url_expires_at, started_at, completed_at])
        assert.equal(z.iso.datetime().safeParse(time).success, true);
      assert.equal(typeof download_url, 'string');
      assert.deepEqual(rest, {
        job_id: jobId,
        user_id: alice.userId,
        tenant_id: alice.tenantId,
        requested_by: null,
        name: null,
        schedule_id: null,
        saved_export_id: null,
        sort: null,
        type: 'orders',
        format: 'CSV',
        columns: ['id'],
        filters: {},
        options: {},
        notify: {},
        status: 'COMPLETED',
        phase: 'done',
        progress: 100,
        total_rows: null,
        rows_exported: 5,
        rows_per_second: null,
        remaining_seconds: null,
        row_count: 5,
        file_name: `orders-2026-11-22-${jobId.slice(-8)}.csv`,
        file_key: 'k',
        file_size: 50,
        checksum: 'crc32:0a1b2c3d',
        file_deleted_at: null,
        warnings: [],
        error_code: null,
        error_message: null,
        idempotency_key: null,
        created_at: createdAt,
        cancel_requested_at: null,
      });
    });

    it('have no remaining time when they have exported more rows than planned', async () => {
      const as = someone();
      const jobId = await insert(as, 'PROCESSING', '2026-11-22T10:00:00.000Z');
      await api.pool.query(
        `UPDATE export_jobs SET total_rows = 5, rows_exported = 8, started_at = now() - interval '4 s' WHERE job_id = $1`,
        [jobId],
      );
      const { json } = await api.ask('GET', `/v1/exports/${jobId}`, { as });
      assert.equal(z.object({ remaining_seconds: z.number() }).parse(json).remaining_seconds, 0);
    });

    it('say why they failed', async () => {
      const jobId = await insert(alice, 'FAILED', new Date().toISOString());
      const { json } = await api.ask('GET', `/v1/exports/${jobId}`, { as: alice });
      const { error_code, error_message } = z
        .looseObject({ error_code: z.string(), error_message: z.string() })
        .parse(json);
      assert.deepEqual([error_code, error_message], ['TERMINATED', 'An operator ended it.']);
    });

    it('are read from the row when the workflow does not answer', async () => {
      const jobId = await insert(alice, 'PROCESSING', new Date().toISOString());
      await setPlanned(api.databaseUrl, jobId);
      await api.deps.jobs.raiseProgress(jobId, 41);
      const { json } = await api.ask('GET', `/v1/exports/${jobId}`, { as: alice });
      const { status, phase, progress } = z
        .looseObject({ status: z.string(), phase: z.string(), progress: z.number() })
        .parse(json);
      assert.deepEqual({ status, phase, progress }, { status: 'PROCESSING', phase: 'exporting', progress: 41 });
    });

    it('cannot be canceled once they have ended', async () => {
      for (const status of ['COMPLETED', 'FAILED', 'CANCELLED'] as const) {
        const jobId = await insert(alice, status, new Date().toISOString());
        assertProblem(await api.ask('POST', `/v1/exports/${jobId}/cancel`, { as: alice }), 'NOT_ACTIVE');
      }
    });

    it('accept a cancel even if their workflow is already dead', async () => {
      const jobId = await insert(alice, 'PROCESSING', new Date().toISOString());
      const answer = await api.ask('POST', `/v1/exports/${jobId}/cancel`, { as: alice });
      assert.equal(answer.status, 202);
      const { status, cancel_requested_at } = z
        .looseObject({ status: z.string(), cancel_requested_at: z.iso.datetime() })
        .parse(answer.json);
      assert.equal(status, 'PROCESSING');
      assert.equal(
        new Date(cancel_requested_at).getTime(),
        (await api.deps.jobs.find(jobId))?.cancel_requested_at?.getTime(),
      );
    });
  });

  describe('in the list', () => {
    const bob = someone();
    const ids: string[] = [];
    const kinds: readonly (readonly [ExportStatus, number])[] = [
      ['QUEUED', 0],
      ['PROCESSING', 0],
      ['COMPLETED', 86_400],
      ['COMPLETED', 0],
      ['FAILED', 0],
      ['CANCELLED', 0],
    ];

    before(async () => {
      // Inserted oldest first, two per timestamp, so that page boundaries also fall between equal timestamps.
      for (const [index, [status, ttl]] of [...kinds, ...kinds].entries()) {
        const createdAt = new Date(Date.UTC(2026, 0, 1, 0, Math.floor(index / 2))).toISOString();
        ids.push(await insert(bob, status, createdAt, ttl));
      }
    });

    const list = async (query: string, as = bob) =>
      page.parse((await api.ask('GET', `/v1/exports${query}`, { as })).json);

    it('are only those of the caller, newest first', async () => {
      const { exports, next_cursor } = await list('');
      assert.equal(next_cursor, null);
      assert.deepEqual(new Set(exports.map(({ job_id }) => job_id)), new Set(ids));
      const times = exports.map(({ created_at }) => z.string().parse(created_at));
      assert.deepEqual(times, [...times].sort().reverse());
      assert.deepEqual((await list('', someone())).exports, []);
      assert.deepEqual((await list('', { ...bob, tenantId: alice.tenantId })).exports, []);
    });

    it('come with the ids of all active exports and the limit, on any page and with any filter', async () => {
      const active = (await list('')).exports.filter(({ status }) => ['QUEUED', 'PROCESSING'].includes(status));
      assert.equal(active.length, 4);
      for (const query of ['', '?limit=1', '?status=failed']) {
        const { active_job_ids: named, max_active_exports: limit } = await list(query);
        assert.deepEqual(new Set(named), new Set(active.map(({ job_id }) => job_id)), query);
        assert.equal(limit, 2);
      }
      assert.deepEqual((await list('', someone())).active_job_ids, []);
    });

    it('appear exactly once across pages of any size', async () => {
      const whole = (await list('')).exports.map(({ job_id }) => job_id);
      for (const limit of [1, 3, 5, 11, 12, 100]) {
        const seen: string[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const { exports, next_cursor }: z.infer<typeof page> = await list(
            `?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`,
          );
          assert.ok(exports.length <= limit && exports.length > 0);
          seen.push(...exports.map(({ job_id }) => job_id));
          cursor = next_cursor;
        }
        assert.deepEqual(seen, whole);
      }
    });

    it('can be filtered by status and type, in any case', async () => {
      for (const status of ['queued', 'Processing', 'COMPLETED', 'FAILED', 'CANCELLED', 'expired']) {
        const { exports } = await list(`?status=${status}`);
        assert.deepEqual(
          exports.map((job) => job.status),
          [status.toUpperCase(), status.toUpperCase()],
        );
      }
      assert.equal((await list('?type=orders')).exports.length, ids.length);
    });
  });
});
