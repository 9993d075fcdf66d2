import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Principal } from '../../api/deps.js';
import { Places } from '../../shared/job/places.js';
import { createPool } from '../../shared/postgres.js';
import { assertProblem } from '../api/problems.js';
import { seedFor } from '../api/support.js';
import type { Answer } from '../support/answer.js';
import { queryRows } from '../support/database.js';
import { until, untilEnded } from '../support/exports.js';
import { holdRows } from '../support/hold-rows.js';
import { someUser, type TestService } from '../support/service.js';
import { behind, type Door, type Doors, endStage, startStage } from '../workflows/doors.js';
import { post, resetExport } from '../workflows/support.js';

const MOST = 3;
const idOf = ({ json }: Answer): string => (json as { job_id: string }).job_id;

describe('MAX_ACTIVE_EXPORTS_PER_TENANT', () => {
  let service: TestService;
  let doors: Doors;
  let door: Door;

  before(async () => {
    ({ service, doors } = await startStage({ env: { MAX_ACTIVE_EXPORTS_PER_TENANT: String(MOST) }, dataSlots: 8 }));
  });
  after(() => endStage({ service, doors }));
  beforeEach(async () => {
    door = await doors.closed(1);
  });
  afterEach(async () => {
    await door.open();
    await until('all have ended', async () => (await count(['QUEUED', 'PROCESSING'])) === 0);
  });

  async function count(statuses: readonly string[]): Promise<number> {
    const sql = 'SELECT count(*)::integer AS count FROM export_jobs WHERE status = ANY ($1)';
    return (await queryRows<{ count: number }>(service.databaseUrl, sql, [statuses]))[0]?.count ?? 0;
  }
  const running = (): Promise<number> => count(['PROCESSING']);

  /** Uses up the tenant's limit with exports that wait at a door. */
  async function full(): Promise<{ user: Principal; jobId: string }[]> {
    const started: { user: Principal; jobId: string }[] = [];
    for (let n = 0; n < MOST; n++) {
      const user = someUser();
      const answer = await post(service, user, behind(1));
      assert.equal(answer.status, 202, answer.text);
      started.push({ user, jobId: idOf(answer) });
    }
    await until('they run', async () => (await running()) === MOST);
    return started;
  }

  it('is exact for 60 concurrent requests from 30 users', async () => {
    const users = Array.from({ length: 30 }, someUser);
    const answers = await Promise.all([...users, ...users].map((user) => post(service, user, behind(1))));
    const admitted = answers.filter(({ status }) => status === 202);
    assert.equal(admitted.length, MOST);
    for (const answer of answers) if (answer.status !== 202) assertProblem(answer, 'TENANT_TOO_BUSY');
    await until('they run', async () => (await running()) === MOST);
    await door.open();
    await until('they end', async () => (await count(['QUEUED', 'PROCESSING'])) === 0);
    const next = await post(service, someUser());
    assert.equal(next.status, 202, 'ended exports free their places at once');
  });

  it('makes scheduled runs and reset exports wait until others have ended', async () => {
    const reset = someUser();
    const done = idOf(await post(service, reset, behind(2)));
    await untilEnded(service, reset, done);
    await queryRows(service.databaseUrl, `UPDATE export_jobs SET status = 'FAILED' WHERE job_id = $1`, [done]);
    const owner = someUser();
    const body = { name: 'Now', cron: '0 0 1 1 *', request: { format: 'csv', ...behind(2) } };
    const schedule = (await service.ask('POST', '/v1/schedules', { as: owner, body })).json as { schedule_id: string };
    const active = await full();

    await resetExport(service, done);
    const triggered = await service.ask('POST', `/v1/schedules/${schedule.schedule_id}/run`, { as: owner });
    const due = idOf(triggered);
    for (const jobId of [done, due]) {
      await until('it waits', async () => (await service.deps.jobs.find(jobId))?.status === 'QUEUED');
    }
    assertProblem(await post(service, someUser()), 'TENANT_TOO_BUSY');
    // Longer than a waiting export takes to retry.
    const end = Date.now() + 1500;
    await until('a while', async () => {
      assert.equal(await running(), MOST);
      return Date.now() > end;
    });
    await door.open();
    await untilEnded(service, reset, done);
    await untilEnded(service, owner, due);
    for (const { user, jobId } of active) await untilEnded(service, user, jobId);
    await service.ask('DELETE', `/v1/schedules/${schedule.schedule_id}`, { as: owner });
  });

  it('makes an export that started despite its 503 wait if its place has been taken', async () => {
    const user = someUser();
    const held = holdRows((job) => job.userId === user.userId);
    try {
      const posting = post(service, user, behind(2));
      const { jobId } = await held.arrived;
      await service.deps.places.freeForExport(jobId);
      const active = await full();
      held.release();
      await posting;
      await until('it waits', async () => (await service.deps.jobs.find(jobId))?.status === 'QUEUED');
      // Longer than a waiting export takes to retry.
      const end = Date.now() + 1500;
      await until('a while', async () => {
        assert.equal(await running(), MOST);
        return Date.now() > end;
      });
      await door.open();
      await untilEnded(service, user, jobId);
      for (const { user: other, jobId: id } of active) await untilEnded(service, other, id);
    } finally {
      held.release();
    }
  });

  it('counts the place of an export whose process died before its row appeared, until its lease expires', async () => {
    const { tenantId } = someUser();
    const pool = createPool(service.databaseUrl, { max: 2, name: 'test', onIdleError: () => undefined });
    const places = new Places(pool);
    try {
      const lost = Array.from({ length: MOST }, () => ({ jobId: randomUUID(), tenantId }));
      for (const ref of lost) assert.ok(await places.takeForExport(ref, MOST, 'active'));
      assertProblem(await post(service, someUser()), 'TENANT_TOO_BUSY');
      await queryRows(service.databaseUrl, `UPDATE tenant_places SET reserved_until = now() - interval '1 second'`);
      assert.equal((await post(service, someUser())).status, 202);
      assert.deepEqual(
        await queryRows(service.databaseUrl, 'SELECT FROM tenant_places WHERE job_id = ANY ($1)', [
          lost.map(({ jobId }) => jobId),
        ]),
        [],
      );
    } finally {
      await pool.end();
    }
  });

  it('frees the place of a request that its user’s own limit rejects', async () => {
    const user = someUser();
    for (let n = 0; n < 2; n++) assert.equal((await post(service, user, behind(1))).status, 202);
    for (let n = 0; n < 3; n++) assertProblem(await post(service, user), 'TOO_MANY_EXPORTS');
    assert.equal((await post(service, someUser(), behind(1))).status, 202);
  });

  it('does not start an admitted export whose lease has expired', async () => {
    const { jobs, places } = service.deps;
    const seed = seedFor(someUser());
    await jobs.insert(seed);
    assert.equal(await jobs.begin(seed.jobId, { needsPlace: true }), false);
    assert.ok(await places.takeForExport(seed, MOST, 'running'));
    assert.equal(await jobs.begin(seed.jobId, { needsPlace: true }), true);
    await jobs.fail(seed.jobId, { code: 'INTERNAL', message: 'x' });
  });
});
