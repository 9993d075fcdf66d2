import assert from 'node:assert/strict';
import { z } from 'zod';
import { DEFAULT_TUNING } from '../../shared/temporal/tuning.js';
import { createPool } from '../../shared/postgres.js';
import { Source } from '../../shared/source/source.js';
import type { Principal } from '../../api/deps.js';
import { CONTOSO, NORTHWIND } from '../../dev/sample-data/tenants.js';
import { queryRows } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { assertProblem } from './problems.js';
import { someone, startApi } from './support.js';

const BODY = { type: 'orders', format: 'csv' };
const estimate = z.strictObject({
  rows: z.number(),
  rows_are: z.string(),
  bytes: z.number().nullable(),
  seconds: z.number().nullable(),
  based_on: z.number(),
  reason: z.string().nullable(),
});

describe('POST /v1/exports/estimate', () => {
  let service: TestService;
  before(async () => {
    service = await startService({ tuning: { maxRows: 1500 } });
    await service.startWorker();
  });
  after(() => service.close());

  const ask = (as: Principal, body: object = {}) =>
    service.ask('POST', '/v1/exports/estimate', { as, body: { ...BODY, ...body } });
  async function estimated(as: Principal, body: object = {}): Promise<z.infer<typeof estimate>> {
    const answer = await ask(as, body);
    assert.equal(answer.status, 200, answer.text);
    return estimate.parse(answer.json);
  }
  async function rowsOf(tenantId: string, condition = 'true'): Promise<number> {
    const sql = `SELECT count(*)::integer AS n FROM orders WHERE tenant_id = $1 AND ${condition}`;
    return (await queryRows<{ n: number }>(service.databaseUrl, sql, [tenantId]))[0]?.n ?? 0;
  }

  it("counts the rows of the caller's tenant that pass the filters", async () => {
    const whole = await estimated(someUser());
    assert.deepEqual([whole.rows, whole.rows_are], [await rowsOf(NORTHWIND.id), 'exact']);
    const filtered = await estimated(someUser(), { filters: { status: ['paid'] } });
    assert.equal(filtered.rows, await rowsOf(NORTHWIND.id, `status = 'paid'`));
    const elsewhere = await estimated({ ...someUser(), tenantId: CONTOSO.id });
    assert.equal(elsewhere.rows, await rowsOf(CONTOSO.id));
    assert.equal((await estimated(someone())).rows, 0);
    assert.ok(whole.rows > elsewhere.rows && elsewhere.rows > 0);
  });

  it('bases bytes and seconds on recent exports of the same kind, and says if there are none', async () => {
    const alice = someUser();
    const before = await estimated(alice, { format: 'ndjson' });
    assert.deepEqual([before.bytes, before.seconds, before.based_on], [null, null, 0]);
    assert.match(before.reason ?? '', /has completed recently/);
    const job = await untilEnded(service, alice, await postExport(service, alice, { format: 'ndjson' }));
    const after = await estimated(alice, { format: 'ndjson' });
    assert.deepEqual([after.bytes, after.based_on, after.reason], [z.number().parse(job.file_size), 1, null]);
    assert.ok((after.seconds ?? 0) > 0);
    // Exports of another tenant don't count.
    assert.equal((await estimated({ ...alice, tenantId: CONTOSO.id }, { format: 'ndjson' })).based_on, 0);
  });

  it('starts no export', async () => {
    const alice = someUser();
    await estimated(alice);
    assert.deepEqual(await service.deps.jobs.activeOf(alice), []);
  });

  it("uses the planner's estimate when counting takes longer than a second", async () => {
    const condition = 'CREATE FUNCTION slow(id bigint) RETURNS bigint LANGUAGE sql VOLATILE AS';
    await queryRows(
      service.databaseUrl,
      `${condition} $$ SELECT id FROM (SELECT pg_sleep(0.01)) AS wait $$;
       ALTER TABLE orders RENAME TO all_orders;
       CREATE VIEW orders AS SELECT * FROM all_orders WHERE slow(id) = id`,
    );
    try {
      const startedAt = performance.now();
      const { rows, rows_are } = await estimated(someUser());
      assert.equal(rows_are, 'estimated');
      assert.ok(rows >= 0 && performance.now() - startedAt < 4000);
    } finally {
      await queryRows(service.databaseUrl, 'DROP VIEW orders; ALTER TABLE all_orders RENAME TO orders');
    }
  });

  it('rejects what a plan would reject, with the numbers', async () => {
    const limited = await startApi({
      source: service.deps.source,
      settings: { tuning: { ...DEFAULT_TUNING, maxRows: 100 } },
    });
    try {
      const answer = await limited.ask('POST', '/v1/exports/estimate', { as: someUser(), body: BODY });
      const problem = assertProblem(answer, 'TOO_MANY_ROWS');
      const rows = await rowsOf(NORTHWIND.id);
      assert.deepEqual([problem.rows, problem.rows_are, problem.max_rows], [rows, 'exact', 100]);
      assert.equal(problem.detail, `The export would have ${rows} rows; at most 100 are allowed.`);
    } finally {
      await limited.close();
    }
  });

  it('validates the request as POST /v1/exports does', async () => {
    assertProblem(await ask(someUser(), { columns: ['password'] }), 'VALIDATION_FAILED', ['/columns/0']);
  });

  deeply('returns 503 if the table is locked for several seconds', async () => {
    const locked = queryRows(service.databaseUrl, 'BEGIN; LOCK TABLE orders; SELECT pg_sleep(6); COMMIT');
    await until('the lock', async () => {
      const sql = `SELECT 1 FROM pg_locks WHERE relation = 'orders'::regclass AND granted AND mode = 'AccessExclusiveLock'`;
      return (await queryRows(service.databaseUrl, sql)).length > 0;
    });
    assertProblem(await ask(someUser()), 'SOURCE_UNAVAILABLE');
    await locked;
  });

  it('returns 503 while the source database is down', async () => {
    const pool = createPool('postgres://user:secret@127.0.0.1:9/shop', {
      max: 1,
      name: 'test',
      onIdleError: () => undefined,
    });
    const api = await startApi({ source: new Source(pool) });
    try {
      const answer = await api.ask('POST', '/v1/exports/estimate', { as: someUser(), body: BODY });
      assertProblem(answer, 'SOURCE_UNAVAILABLE');
      assert.equal(answer.headers.get('retry-after'), '5');
    } finally {
      await api.close();
      await pool.end();
    }
  });
});
