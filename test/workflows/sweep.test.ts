import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { exportWorkflowId, slotsWorkflowId } from '../../shared/temporal/names.js';
import { temporaryPrefix } from '../../shared/store/keys.js';
import { jobOfRow } from '../../shared/job/row.js';
import { queryRows } from '../support/database.js';
import { deeply, unneeded } from '../support/depth.js';
import { readJob, leftovers, postExport, until, untilEnded } from '../support/exports.js';
import { someUser, type ServiceOptions, type TestService } from '../support/service.js';
import { describeStores } from '../support/stores.js';
import { behind, type Door, type Doors, endStage, startStage } from './doors.js';
import { rowOf, rowsInBytes, slotsOf, statusOf, sweepNow } from './support.js';

const HEADERS = { contentType: 'text/csv', fileName: 'nobodys.csv', metadata: {} };

describeStores('the sweep', (stackEnv, isWhole) => {
  const [once, onceDeeply] = isWhole ? [it, deeply] : [unneeded, unneeded];
  let service: TestService;
  let doors: Doors;
  let failing: Door;
  let reading: Door;
  const user = someUser();

  async function serve(options: ServiceOptions): Promise<void> {
    ({ service, doors } = await startStage({ stackEnv: stackEnv(), ...options }));
    failing = await doors.closed(1);
    reading = await doors.closed(2);
  }
  afterEach(async () => {
    await endStage({ service, doors });
  });

  const leftOf = async (jobId: string): Promise<string[]> =>
    (await leftovers(service)).filter((left) => !left.startsWith('transaction') && left.includes(jobId));

  async function failed(): Promise<string> {
    const jobId = await postExport(service, user, behind(1));
    await failing.untilWaiting();
    await failing.trap();
    await untilEnded(service, user, jobId, 'FAILED');
    await until('its end', async () => (await statusOf(service, exportWorkflowId(jobId))) === 'FAILED');
    return jobId;
  }

  it('deletes a file once its link has expired, and marks the job EXPIRED', async () => {
    await serve({ tuning: { urlTtlSeconds: 1 } });
    const jobId = await postExport(service, user);
    await untilEnded(service, user, jobId);
    const { file_key: key } = await rowOf(service, jobId);
    assert(key !== null && (await service.deps.store.head(key)) !== null);
    await until('expired', async () => (await readJob(service, user, jobId)).status === 'EXPIRED');
    await sweepNow(service);
    assert.equal(await service.deps.store.head(key), null);
    const { shown_status, file_deleted_at } = await rowOf(service, jobId);
    assert.equal(shown_status, 'EXPIRED');
    assert(file_deleted_at !== null);
  });

  it('deletes leftovers of failed exports and orphaned objects, but nothing of an active export', async () => {
    await serve({ retryWindowMs: 1, tuning: { segmentBytes: rowsInBytes(200) } });
    const { store } = service.deps;
    const active = await postExport(service, user, behind(2));
    await reading.untilWaiting();
    await until('pieces of it', async () => (await store.list(temporaryPrefix(active))).length > 0);
    const dead = await failed();
    assert((await leftOf(dead)).length > 1);
    const nobody = randomUUID();
    await store.createUpload(`exports/${randomUUID()}/${nobody}.csv`, HEADERS);
    // A held piece larger than a part, left by a killed worker.
    await store.createUpload(`${temporaryPrefix(nobody)}1-0-1`, HEADERS);
    await store.createUpload(`${temporaryPrefix(active)}1-0-9`, HEADERS);
    const kept = (await leftOf(active)).filter((left) => !left.endsWith('1-0-9'));

    await until('old enough', async () => {
      await sweepNow(service);
      return (await leftOf(dead)).length === 0 && (await leftOf(nobody)).length === 0;
    });
    assert.deepEqual(await leftOf(active), kept);
    await reading.open();
    await untilEnded(service, user, active);
    await until('nothing is left', async () => (await leftovers(service)).length === 0, 5000);
  });

  deeply('finds objects without a job even after a thousand objects of an active export', async () => {
    await serve({ retryWindowMs: 1 });
    const { store } = service.deps;
    const active = await postExport(service, user, behind(2));
    await reading.untilWaiting();
    const put = (key: string): Promise<void> =>
      store.putStream(key, [Buffer.from('a piece')], AbortSignal.timeout(9000));
    for (let piece = 0; piece < 1010; piece += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, i) => put(`${temporaryPrefix(active)}2-${piece + i}-1`)));
    }
    // Sorts after every other key.
    const nobodys = temporaryPrefix(`ffffffff${randomUUID().slice(8)}`);
    await put(`${nobodys}1-0-1`);
    await until('it is gone', async () => {
      await sweepNow(service);
      return (await store.list(nobodys)).length === 0;
    });
    assert.equal((await store.list(temporaryPrefix(active))).length, 1000, 'as many as one page has');
    await store.deleteAll(temporaryPrefix(active));
    assert.equal((await store.list(temporaryPrefix(active))).length, 0);
    await reading.open();
    await untilEnded(service, user, active);
  });

  deeply('leaves a failed export alone as long as it can be retried', async () => {
    await serve({ tuning: { segmentBytes: rowsInBytes(200) } });
    const jobId = await failed();
    const before = await leftOf(jobId);
    await sweepNow(service);
    assert.deepEqual(await leftOf(jobId), before);
    assert.equal((await rowOf(service, jobId)).generation, 1);
  });

  onceDeeply('settles an export that was terminated together with its semaphore', async () => {
    await serve({});
    const jobId = await postExport(service, user, behind(1));
    await failing.untilWaiting();
    const { client } = service.deps.temporal;
    await client.workflow.getHandle(slotsWorkflowId(user.tenantId, user.userId)).terminate();
    await client.workflow.getHandle(exportWorkflowId(jobId)).terminate();
    await sweepNow(service);
    assert.equal((await rowOf(service, jobId)).status, 'PROCESSING', 'too young to be considered lost');
    await queryRows(service.databaseUrl, "UPDATE export_jobs SET created_at = now() - interval '1 hour'");
    await sweepNow(service);
    const { status, error_code } = await rowOf(service, jobId);
    assert.deepEqual([status, error_code], ['FAILED', 'TERMINATED']);
  });

  onceDeeply('settles more lost exports than fit in one query', async () => {
    await serve({});
    const like = jobOfRow(await rowOf(service, await postExport(service, user)));
    const jobIds = Array.from({ length: 120 }, () => randomUUID());
    for (const jobId of jobIds)
      await service.deps.jobs.insert({ ...like, jobId, request: { ...like.request, notify: {} } });
    const old =
      "UPDATE export_jobs SET status = 'PROCESSING', created_at = now() - interval '1 hour' WHERE job_id = ANY($1)";
    await queryRows(service.databaseUrl, old, [jobIds]);
    await sweepNow(service);
    assert.deepEqual(await service.deps.jobs.activeOf(user), []);
  });

  once('starts an export that was admitted but never started, once its user has a slot', async () => {
    await serve({});
    const active = [await postExport(service, user, behind(2)), await postExport(service, user, behind(2))];
    await reading.untilWaiting(2);
    const like = jobOfRow(await rowOf(service, await postExport(service, someUser())));
    const [young, old] = [0, 120_000].map((ms) => ({
      ...{ ...like, ...user, jobId: randomUUID() },
      createdAt: new Date(Date.now() - ms).toISOString(),
    }));
    assert(young !== undefined && old !== undefined);
    for (const seed of [young, old]) await service.deps.jobs.insert(seed);
    await sweepNow(service);
    assert.equal((await rowOf(service, young.jobId)).status, 'QUEUED');
    assert.equal(await statusOf(service, exportWorkflowId(young.jobId)), 'NOT_FOUND', 'its start may be on its way');
    await queryRows(service.databaseUrl, 'DELETE FROM export_jobs WHERE job_id = $1', [young.jobId]);
    await until('it waits', async () => (await slotsOf(service, user))?.waiters.includes(old.jobId));
    await reading.open();
    for (const jobId of [...active, old.jobId]) await untilEnded(service, user, jobId);
  });
});
