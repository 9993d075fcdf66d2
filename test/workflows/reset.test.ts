import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { deeply, unneeded } from '../support/depth.js';
import { download, readJob, leftovers, postExport, until, untilEnded } from '../support/exports.js';
import { someUser, type TestService } from '../support/service.js';
import { describeStores } from '../support/stores.js';
import { behind, type Door, type Doors, endStage, startStage } from './doors.js';
import {
  cancel,
  mailsTo,
  resetExport,
  rowOf,
  rowsInBytes,
  segmentsOf,
  slotsOf,
  someReader,
  statusOf,
  untilMailed,
} from './support.js';

describeStores('a reset of an export', (stackEnv, isWhole) => {
  const [once, onceDeeply] = isWhole ? [it, deeply] : [unneeded, unneeded];
  let service: TestService;
  let doors: Doors;
  let door: Door;

  before(async () => {
    ({ service, doors } = await startStage({
      stackEnv: stackEnv(),
      tuning: { segmentBytes: rowsInBytes(150), segmentsInFlight: 2 },
    }));
  });
  beforeEach(async () => {
    door = await doors.closed(1);
  });
  afterEach(() => door.open());
  after(async () => {
    await endStage({ service, doors });
  });

  /** Committed segments; call it once nothing is running. */
  async function committedOf(jobId: string): Promise<number[]> {
    const segments = await segmentsOf(service, jobId);
    return segments.filter(({ rows }) => rows !== null).map(({ segment }) => segment);
  }
  async function onceEach(jobId: string, committedBefore: readonly number[]): Promise<void> {
    assert(committedBefore.length > 0, 'something had been done');
    for (const { segment, attempt } of await segmentsOf(service, jobId)) {
      if (committedBefore.includes(segment)) assert.equal(attempt, 1, `segment ${segment} ran again`);
    }
  }
  const runOf = async (jobId: string): Promise<string> =>
    (await service.deps.temporal.client.workflow.getHandle(exportWorkflowId(jobId)).describe()).runId;
  const untilClosed = (jobId: string, status: string): Promise<true> =>
    until(`${jobId} ${status}`, async () => (await statusOf(service, exportWorkflowId(jobId))) === status);
  /** Until its first activity has run, the row still shows how the export ended before. */
  async function resetEnded(jobId: string): Promise<void> {
    const { status } = await rowOf(service, jobId);
    await resetExport(service, jobId);
    await until(`${jobId} is not ${status}`, async () => (await rowOf(service, jobId)).status !== status);
  }
  const untilFree = (user: { userId: string; tenantId: string }): Promise<true> =>
    until('no slot is held', async () => Object.keys((await slotsOf(service, user))?.holders ?? {}).length === 0);

  it('while running keeps its slot, and skips finished segments', async () => {
    const user = someReader();
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting(2);
    const [committed, run] = [await committedOf(jobId), await runOf(jobId)];
    await resetExport(service, jobId);
    assert.notEqual(await runOf(jobId), run);
    assert(jobId in ((await slotsOf(service, user))?.holders ?? {}));
    await door.open();
    const { row_count } = await untilEnded(service, user, jobId);
    await onceEach(jobId, committed);
    assert.equal(await rowsIn(jobId, user), row_count);
    assert.equal((await untilMailed(user)).length, 1);
    await until('nothing is left', async () => (await leftovers(service)).length === 0, 5000);
  });

  async function rowsIn(jobId: string, user: ReturnType<typeof someUser>): Promise<number> {
    const ids = (await download(service, user, jobId)).toString().match(/^\d+,[0-9a-f-]{36},/gm) ?? [];
    assert.equal(new Set(ids).size, ids.length, 'no row is there twice');
    return ids.length;
  }

  it('after a failure redoes only the missing segments', async () => {
    const user = someReader();
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting(2);
    await door.trap();
    await untilEnded(service, user, jobId, 'FAILED');
    await untilClosed(jobId, 'FAILED');
    const committed = await committedOf(jobId);
    await door.open();
    await resetEnded(jobId);
    const { row_count, error_code } = await untilEnded(service, user, jobId);
    assert.deepEqual([error_code, (await rowOf(service, jobId)).generation], [null, 1]);
    await onceEach(jobId, committed);
    assert.equal(await rowsIn(jobId, user), row_count);
    const subjects = await until('both mails', async () => {
      const mails = (await mailsTo(user)).map(({ subject }) => subject);
      return mails.length >= 2 && mails;
    });
    assert.equal(new Set(subjects).size, 2, subjects.join());
  });

  deeply('after a cancel starts a new generation', async () => {
    const user = someUser();
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    await cancel(service, user, jobId);
    await untilEnded(service, user, jobId, 'CANCELLED');
    await untilClosed(jobId, 'CANCELLED');
    await door.open();
    await resetEnded(jobId);
    const { row_count } = await untilEnded(service, user, jobId);
    assert.equal(await rowsIn(jobId, user), row_count);
    assert.equal((await rowOf(service, jobId)).generation, 2);
    await untilFree(user);
  });

  once('after completion checks the file; nothing is redone and nobody is notified', async () => {
    const user = someReader();
    const jobId = await postExport(service, user);
    await untilEnded(service, user, jobId);
    await untilMailed(user);
    await untilClosed(jobId, 'COMPLETED');
    const [before, segments] = [await rowOf(service, jobId), await segmentsOf(service, jobId)];
    await resetExport(service, jobId);
    await untilClosed(jobId, 'COMPLETED');
    const after = await rowOf(service, jobId);
    assert.deepEqual(after, before);
    assert.deepEqual(await segmentsOf(service, jobId), segments);
    await untilFree(user);
    await sleep(300);
    assert.equal((await mailsTo(user)).length, 1);
  });

  deeply('after completion recreates a missing file, behind the same link', async () => {
    const user = someReader();
    const jobId = await postExport(service, user);
    const { download_url } = await untilEnded(service, user, jobId);
    await untilMailed(user);
    await untilClosed(jobId, 'COMPLETED');
    const [file, before] = [await download(service, user, jobId), await rowOf(service, jobId)];
    await service.deps.store.delete(before.file_key ?? '');
    await resetExport(service, jobId);
    await untilClosed(jobId, 'COMPLETED');
    assert.deepEqual(await download(service, user, jobId), file);
    const again = await readJob(service, user, jobId);
    assert.deepEqual([again.status, again.download_url], ['COMPLETED', download_url]);
    assert.equal((await rowOf(service, jobId)).url_expires_at?.getTime(), before.url_expires_at?.getTime());
    await sleep(300);
    assert.equal((await mailsTo(user)).length, 1);
    await untilFree(user);
  });

  onceDeeply('after its file was deleted does nothing', async () => {
    const user = someUser();
    const jobId = await postExport(service, user);
    await untilEnded(service, user, jobId);
    await untilClosed(jobId, 'COMPLETED');
    assert.equal((await service.ask('DELETE', `/v1/exports/${jobId}`, { as: user })).status, 204);
    const before = await rowOf(service, jobId);
    await resetExport(service, jobId);
    await untilClosed(jobId, 'COMPLETED');
    assert.deepEqual(await rowOf(service, jobId), before);
    assert.equal(await service.deps.store.head(before.file_key ?? ''), null);
    await untilFree(user);
  });

  onceDeeply('after a failure waits for its turn when two others are active', async () => {
    const user = someUser();
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting(2);
    await door.trap();
    await untilEnded(service, user, jobId, 'FAILED');
    await untilClosed(jobId, 'FAILED');
    await door.open();
    door = await doors.closed(1);
    const others = [await postExport(service, user, behind(1)), await postExport(service, user, behind(1))];
    await door.untilWaiting(2);
    await resetEnded(jobId);
    await until('it waits', async () => (await slotsOf(service, user))?.waiters.includes(jobId));
    const { status, phase } = await readJob(service, user, jobId);
    assert.deepEqual([status, phase], ['QUEUED', 'waiting']);
    const refused = await service.ask('POST', '/v1/exports', { as: user, body: { type: 'orders', format: 'csv' } });
    assert.equal(refused.status, 429, 'a waiting export counts as active');
    await door.open();
    for (const id of [...others, jobId]) await untilEnded(service, user, id);
  });
});
