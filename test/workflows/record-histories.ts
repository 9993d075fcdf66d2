/**
 * Records the histories that `replay.test.ts` replays, from real runs of the current code:
 *
 *     npx mocha --extension ts test/workflows/record-histories.ts
 *
 * A failed replay means that exports running during a deploy would get stuck. Before the first release nothing is
 * deployed, so replace the old histories. After it, set CHANGE to a name for the change: the histories of released code
 * stay beside the new ones, and `patched` must keep them replaying.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { exportWorkflowId, slotsWorkflowId } from '../../shared/temporal/names.js';
import { temporalScheduleId } from '../../shared/schedules/contract.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { DATASETS_WITH_DOORS, Doors, behind } from './doors.js';
import { HISTORIES, historyToText } from './history-file.js';
import {
  cancel,
  post,
  resetExport,
  rowOf,
  rowsInBytes,
  slotsOf,
  someReader,
  statusOf,
  untilStatus,
} from './support.js';

/** Suffix of the file names; empty before the first release. */
const CHANGE = '';

describe('histories', () => {
  let service: TestService;
  let doors: Doors;

  before(async () => {
    await mkdir(HISTORIES, { recursive: true });
    const tuning = { segmentBytes: rowsInBytes(200) };
    service = await startService({ datasets: DATASETS_WITH_DOORS, tuning });
    doors = await Doors.of(service);
    await service.startWorker();
  });
  after(async () => {
    await doors.end();
    await closeCleanly(service);
  });

  async function record(name: string, workflowId: string): Promise<void> {
    const history = await service.deps.temporal.client.workflow.getHandle(workflowId).fetchHistory();
    await writeFile(new URL(`${name}${CHANGE}.json`, HISTORIES), historyToText(history));
  }
  const untilClosed = (workflowId: string, status: string): Promise<true> =>
    untilStatus(service, workflowId, status, 20_000);

  it('of a completed export and its notification', async () => {
    const user = someReader();
    const jobId = await postExport(service, user);
    await untilEnded(service, user, jobId);
    await untilClosed(exportWorkflowId(jobId), 'COMPLETED');
    await record('export-completed', exportWorkflowId(jobId));
    await until('the mail', async () => (await statusOf(service, `notification/${jobId}/completed`)) === 'COMPLETED');
    await record('notification', `notification/${jobId}/completed`);
  });

  it('of a small export that is written by its plan', async () => {
    const user = someUser();
    const jobId = await postExport(service, user, { columns: ['id'] });
    await untilEnded(service, user, jobId);
    await untilClosed(exportWorkflowId(jobId), 'COMPLETED');
    await record('export-few', exportWorkflowId(jobId));
  });

  it("of a schedule's run", async () => {
    const user = someReader();
    const request = { type: 'orders', format: 'csv', columns: ['id'], filters: { date_range: 'this_year' } };
    const body = { name: 'Yearly', cron: '@yearly', request };
    const { json } = await service.ask('POST', '/v1/schedules', { as: user, body });
    const { schedule_id: id } = json as { schedule_id: string };
    const run = await service.ask('POST', `/v1/schedules/${id}/run`, { as: user });
    const { job_id: jobId } = run.json as { job_id: string };
    await until('its export', async () => (await service.deps.jobs.find(jobId))?.status === 'COMPLETED');
    const { info } = await service.deps.temporal.client.schedule.getHandle(temporalScheduleId(user, id)).describe();
    const workflowId = info.recentActions[0]?.action.workflow.workflowId ?? '';
    await untilClosed(workflowId, 'COMPLETED');
    await record('scheduled-export', workflowId);
  });

  it('of a canceled export and of a semaphore that rejects', async () => {
    const [user, door] = [someReader(), await doors.closed(1)];
    const active = [await postExport(service, user, behind(1)), await postExport(service, user, behind(1))];
    await door.untilWaiting(2);
    for (let refused = 0; refused < 5; refused++) await post(service, user);
    for (const jobId of active) await cancel(service, user, jobId);
    for (const jobId of active) await untilClosed(exportWorkflowId(jobId), 'CANCELLED');
    await door.open();
    await record('export-cancelled', exportWorkflowId(active[0] ?? ''));
    await until('the end of the semaphore', async () => (await slotsOf(service, user)) === null);
    await record('semaphore-refused', slotsWorkflowId(user.tenantId, user.userId));
  });

  it('of an export that fails, is reset, waits for a slot and completes', async () => {
    const [user, first, second] = [someReader(), await doors.closed(1), await doors.closed(2)];
    const jobId = await postExport(service, user, behind(1));
    await first.untilWaiting();
    await first.trap();
    await untilClosed(exportWorkflowId(jobId), 'FAILED');
    await record('export-failed', exportWorkflowId(jobId));
    await first.open();
    const others = [await postExport(service, user, behind(2)), await postExport(service, user, behind(2))];
    await second.untilWaiting(2);
    await resetExport(service, jobId);
    await until('it waits', async () => (await slotsOf(service, user))?.waiters.includes(jobId));
    await second.open();
    await until('it runs', async () => (await rowOf(service, jobId)).status !== 'QUEUED');
    for (const id of [...others, jobId]) await untilClosed(exportWorkflowId(id), 'COMPLETED');
    await record('export-reset', exportWorkflowId(jobId));
    await until('the end of the semaphore', async () => (await slotsOf(service, user)) === null);
    await record('semaphore-waited', slotsWorkflowId(user.tenantId, user.userId));
  });
});
