import assert from 'node:assert/strict';
import pg from 'pg';
import type { Principal } from '../../api/deps.js';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { exportStart } from '../../shared/temporal/export-start.js';
import { seedFor } from '../api/support.js';
import { deeply, LONG, unneeded } from '../support/depth.js';
import { readJob, leftovers, postExport, until, untilEnded } from '../support/exports.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { describeStores } from '../support/stores.js';
import { behind, DATASETS_WITH_DOORS, type Door, Doors, endStage, startStage } from './doors.js';
import {
  cancel,
  mailsTo,
  operateOn,
  resetExport,
  rowOf,
  rowsInBytes,
  slotsOf,
  someReader,
  untilStatus,
  untilMailed,
} from './support.js';

describeStores('a cancel', (stackEnv, isWhole) => {
  const [once, onceDeeply] = isWhole ? [it, deeply] : [unneeded, unneeded];
  let service: TestService;
  let doors: Doors;
  let door: Door;

  before(async () => {
    ({ service, doors } = await startStage({ stackEnv: stackEnv(), tuning: { segmentBytes: rowsInBytes(200) } }));
  });
  beforeEach(async () => {
    door = await doors.closed(1);
  });
  afterEach(() => door.open());
  after(async () => {
    await endStage({ service, doors });
  });

  const isLeft = async (): Promise<boolean> => (await leftovers(service)).length > 0;
  const untilSlotIsFree = (user: Principal, jobId: string): Promise<true> =>
    until('the slot is free', async () => !(jobId in ((await slotsOf(service, user))?.holders ?? {})), 2000);
  const untilNothingIsLeft = (): Promise<true> => until('nothing is left', async () => !(await isLeft()), 3000);

  it('stops running segments within three seconds and leaves nothing behind', async () => {
    const user = someUser();
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    assert(await isLeft(), 'there is something to leave behind');
    const since = performance.now();
    const answer = await cancel(service, user, jobId);
    assert.equal(answer.status, 202, answer.text);
    await until('the end', async () => (await rowOf(service, jobId)).status === 'CANCELLED');
    assert(performance.now() - since < 3000, `${performance.now() - since} ms`);
    await untilNothingIsLeft();
    await untilSlotIsFree(user, jobId);
    await untilStatus(service, exportWorkflowId(jobId), 'CANCELLED');
  });

  once('by the user sends the user no mail', async () => {
    const user = someReader();
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    await cancel(service, user, jobId);
    await untilEnded(service, user, jobId, 'CANCELLED');
    await untilStatus(service, exportWorkflowId(jobId), 'CANCELLED');
    assert.deepEqual(await mailsTo(user), []);
  });

  once('by an operator notifies the user', async () => {
    const user = someReader();
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    await operateOn(service, 'cancel', jobId);
    await untilEnded(service, user, jobId, 'CANCELLED');
    assert.equal((await untilMailed(user)).length, 1);
    await untilNothingIsLeft();
  });

  onceDeeply('also ends an export that is being planned', async () => {
    const user = someUser();
    const locker = new pg.Client({ connectionString: service.databaseUrl });
    await locker.connect();
    try {
      await locker.query('BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
      const jobId = await postExport(service, user);
      await until('planning', async () => (await readJob(service, user, jobId)).phase === 'planning');
      await cancel(service, user, jobId);
      await untilEnded(service, user, jobId, 'CANCELLED', 3000);
      await untilNothingIsLeft();
    } finally {
      await locker.end();
    }
  });

  once('ends the wait of an export that is waiting for a slot', async () => {
    const user = someUser();
    const waiting = await postExport(service, user, behind(1));
    await door.untilWaiting();
    await operateOn(service, 'cancel', waiting);
    await untilEnded(service, user, waiting, 'CANCELLED');
    await untilSlotIsFree(user, waiting);
    const active = [await postExport(service, user, behind(1)), await postExport(service, user, behind(1))];
    await resetExport(service, waiting);
    const waiters = async (): Promise<readonly string[]> => (await slotsOf(service, user))?.waiters ?? [];
    await until('it waits', async () => (await waiters()).includes(waiting));
    assert.equal((await readJob(service, user, waiting)).status, 'QUEUED');

    assert.equal((await cancel(service, user, waiting)).status, 202);
    await untilEnded(service, user, waiting, 'CANCELLED', 3000);
    await until('it waits no longer', async () => !(await waiters()).includes(waiting), 3000);
    for (const jobId of active) await cancel(service, user, jobId);
    for (const jobId of active) await untilEnded(service, user, jobId, 'CANCELLED');
    await untilNothingIsLeft();
  });

  deeply('counts as a cancel even if the attempts fail before it reaches them', async () => {
    const user = someReader();
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    assert.equal((await cancel(service, user, jobId)).status, 202);
    await door.trap();
    await untilEnded(service, user, jobId, 'CANCELLED');
    await untilStatus(service, exportWorkflowId(jobId), 'CANCELLED');
    assert.deepEqual(await mailsTo(user), []);
    await untilNothingIsLeft();
  });

  onceDeeply('sent while no worker runs reaches the next one', async () => {
    const user = someUser();
    const alone = await startService({ datasets: DATASETS_WITH_DOORS, stackEnv: stackEnv() });
    const own = await Doors.of(alone);
    try {
      const [worker, closed] = [await alone.startWorker(), await own.closed(1)];
      const jobId = await postExport(alone, user, behind(1));
      await closed.untilWaiting();
      await worker.stop();
      assert.equal((await cancel(alone, user, jobId)).status, 202);
      await alone.startWorker();
      await untilEnded(alone, user, jobId, 'CANCELLED');
      await until('nothing is left', async () => (await leftovers(alone)).length === 0, 3000);
    } finally {
      await own.end();
      await alone.close();
    }
  });

  once('sent before the workflow starts takes effect at its first step', async () => {
    const user = someReader();
    const { temporal, jobs, limit, tuning } = service.deps;
    const job = seedFor(user);
    const { jobId } = job;
    await jobs.insert(job);
    assert.equal((await cancel(service, user, jobId)).status, 202);
    await temporal.client.workflow.start('exportWorkflow', exportStart({ job, limit, tuning, admitted: true }));
    await untilEnded(service, user, jobId, 'CANCELLED', 5000);
    await untilStatus(service, exportWorkflowId(jobId), 'CANCELLED');
    assert.deepEqual(await mailsTo(user), []);
    assert.equal((await rowOf(service, jobId)).started_at, null);
  });

  onceDeeply('right after the request also ends the export, and frees its slot', async () => {
    const user = someReader();
    for (let i = 0; i < (LONG ? 20 : 8); i++) {
      const jobId = await postExport(service, user, behind(1));
      assert.equal((await cancel(service, user, jobId)).status, 202);
      await untilEnded(service, user, jobId, 'CANCELLED', 5000);
      await untilSlotIsFree(user, jobId);
    }
    assert.deepEqual(await mailsTo(user), []);
    await untilNothingIsLeft();
  });

  onceDeeply('returns 409 if the export has ended', async () => {
    const user = someUser();
    const jobId = await postExport(service, user);
    await untilEnded(service, user, jobId);
    const answer = await cancel(service, user, jobId);
    assert.equal(answer.status, 409, answer.text);
    assert.equal((answer.json as { code: string }).code, 'NOT_ACTIVE');
  });
});
