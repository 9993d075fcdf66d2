import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { deeply } from '../support/depth.js';
import { download, postExport, until, untilEnded } from '../support/exports.js';
import { FAST, type TestService } from '../support/service.js';
import { behind, type Door, type Doors, endStage, startStage } from '../workflows/doors.js';
import { FINISH_MAY_WAIT } from '../workflows/finishing.js';
import {
  mailsTo,
  operateOn,
  resetExport,
  rowOf,
  someReader,
  statusOf,
  temporal,
  untilMailed,
} from '../workflows/support.js';
import { standings, WAIT_TO_PUBLISH } from './standings.js';
import { operatorCalls } from './operator-calls.js';
import { operatorFinds } from './operator-finds.js';

/** Covers the cells marked `operations` in the table "Which test covers which cell" of docs/operations.md. */
describe('an operator', () => {
  let service: TestService;
  let doors: Doors;
  let door: Door;
  let locker: pg.Client;

  before(async () => {
    // One slot, so that a second export waits; one reader, so that another export's plan holds up a finish.
    ({ service, doors } = await startStage({ ...FINISH_MAY_WAIT, limit: 1 }));
    locker = new pg.Client({ connectionString: service.databaseUrl });
    await locker.connect();
    await locker.query(WAIT_TO_PUBLISH);
  });
  beforeEach(async () => {
    door = await doors.closed(1);
  });
  afterEach(async () => {
    await locker.query('ROLLBACK');
    await door.open();
  });
  after(async () => {
    await locker.end();
    await endStage({ service, doors });
  });

  const at = () => ({ service, doors, door, locker });
  const { activity, workflow, holds, listed, untilListed } = operatorCalls(() => service);
  const { queued, planning, inSegments, finishing, publishing } = standings(at);

  for (const stand of [queued, planning, inSegments, finishing]) {
    const test = stand === finishing ? deeply : it;
    test(`frees the slot of an export by terminating it, ${stand.name}, and the user is notified`, async () => {
      const user = someReader();
      const { jobId, go } = await stand(user);
      await operateOn(service, 'terminate', jobId);
      const { error_code } = await untilEnded(service, user, jobId, 'FAILED');
      assert.equal(error_code, 'TERMINATED');
      assert.match((await untilMailed(user)).join(), /could not|failed/i);
      assert(!(await holds(user, jobId)));
      await go();
    });
  }

  it('can terminate an export after its file was published: the file stays, and the user is notified', async () => {
    const user = someReader();
    const { jobId, go } = await publishing(user);
    await operateOn(service, 'terminate', jobId);
    await go();
    await untilEnded(service, user, jobId);
    assert.match((await untilMailed(user)).join(), /ready/i);
    assert((await download(service, user, jobId)).length > 0);
    assert(!(await holds(user, jobId)));
  });

  for (const stand of [queued, finishing, publishing]) {
    const test = stand === finishing ? deeply : it;
    test(`can pause, unpause and reset an export, ${stand.name}; it completes, and its user is notified once`, async () => {
      const user = someReader();
      const { jobId, go } = await stand(user);
      await workflow('pause', jobId);
      await untilListed('ExecutionStatus = "Paused"', jobId);
      await workflow('unpause', jobId);
      await resetExport(service, jobId);
      await go();
      await untilEnded(service, user, jobId);
      const told = async (): Promise<number> =>
        (await mailsTo(user)).filter(({ subject, text }) => subject.includes('ready') && text.includes(jobId)).length;
      await until('a mail', async () => (await told()) > 0);
      await sleep(300);
      assert.equal(await told(), 1);
      await until('its slot is free', async () => !(await holds(user, jobId)));
    });
  }

  it('can cancel or reset an export while it is planned, with the documented results', async () => {
    const user = someReader();
    const reset = await planning(user);
    await workflow('pause', reset.jobId);
    await workflow('unpause', reset.jobId);
    await resetExport(service, reset.jobId);
    assert(await holds(user, reset.jobId));
    await reset.go();
    await untilEnded(service, user, reset.jobId);
    assert.equal((await untilMailed(user)).length, 1);
    await until('its slot is free', async () => !(await holds(user, reset.jobId)));

    const other = someReader();
    const cancelled = await planning(other);
    await operateOn(service, 'cancel', cancelled.jobId);
    await untilEnded(service, other, cancelled.jobId, 'CANCELLED');
    await cancelled.go();
    assert.match((await untilMailed(other)).join(), /canceled/i);
  });

  for (const [stand, id] of [
    [planning, 'plan'] as const,
    [inSegments, 'segment-0001'] as const,
    [finishing, 'finish'] as const,
  ]) {
    const test = stand === planning ? deeply : it;
    test(`stops and resumes only the export by pausing, resetting and unpausing ${id}`, async () => {
      const user = someReader();
      const { jobId, go } = await stand(user);
      await activity('pause', jobId, id);
      await until('it is paused', async () => (await workflow('describe', jobId)).includes(' Paused'));
      await go();
      await untilListed('TemporalPauseInfo IS NOT NULL', jobId);
      assert(await holds(user, jobId));
      assert.equal((await rowOf(service, jobId)).status, 'PROCESSING');
      await temporal(
        ...([service, 'activity', 'reset', '--keep-paused', '--workflow-id', exportWorkflowId(jobId)] as const),
        ...['--activity-id', id],
      );
      await activity('unpause', jobId, id);
      await untilEnded(service, user, jobId);
      assert.equal((await untilMailed(user)).length, 1);
    });
  }

  it('holds an export before its next step by pausing its workflow', async () => {
    const user = someReader();
    const { jobId, go } = await inSegments(user);
    await workflow('pause', jobId);
    await go();
    await untilListed('ExecutionStatus = "Paused"', jobId);
    await sleep(2 * FAST.reapEveryMs);
    assert.equal((await rowOf(service, jobId)).status, 'PROCESSING');
    assert(await holds(user, jobId), 'the check for dead exports finds it alive');
    await workflow('unpause', jobId);
    await untilEnded(service, user, jobId);
    assert.equal((await untilMailed(user)).length, 1);
  });

  it('can terminate, reset and cancel exports by query, and each user is notified once of each end', async () => {
    const users = [someReader(), someReader()];
    const jobIds: string[] = [];
    for (const user of users) jobIds.push(await postExport(service, user, behind(1)));
    await door.untilWaiting();
    const those = `WorkflowType = "exportWorkflow" AND ExportUserId IN (${users.map(({ userId }) => `"${userId}"`).join()})`;
    const batch = (command: string, which: string, ...more: string[]): Promise<string> =>
      temporal(service, 'workflow', command, '--query', `${those} AND ${which}`, '--yes', '--reason', 'test', ...more);
    for (const jobId of jobIds) await untilListed(`${those} AND ExecutionStatus = "Running"`, jobId);
    await batch('terminate', 'ExecutionStatus = "Running"');
    for (const [index, user] of users.entries()) await untilEnded(service, user, jobIds[index] ?? '', 'FAILED');
    for (const jobId of jobIds) await untilListed(`${those} AND ExecutionStatus = "Terminated"`, jobId);

    await batch('reset', 'ExecutionStatus = "Terminated"', '--type', 'FirstWorkflowTask');
    for (const jobId of jobIds) await untilListed(`${those} AND ExecutionStatus = "Running"`, jobId);
    await door.untilWaiting();
    await batch('cancel', 'ExecutionStatus = "Running"');
    for (const [index, user] of users.entries()) {
      await untilEnded(service, user, jobIds[index] ?? '', 'CANCELLED');
      const subjects = await until('both mails', async () => {
        const mails = await mailsTo(user);
        return mails.length >= 2 && mails.map(({ subject }) => subject);
      });
      assert.equal(subjects.length, 2, subjects.join());
    }
  });

  it('changes nothing by operating on a closed export', async () => {
    const user = someReader();
    const jobId = await postExport(service, user);
    await untilEnded(service, user, jobId);
    await until('its end', async () => (await statusOf(service, exportWorkflowId(jobId))) === 'COMPLETED');
    const before = await rowOf(service, jobId);
    await workflow('cancel', jobId);
    for (const command of ['terminate', 'pause']) await assert.rejects(workflow(command, jobId), /complete/);
    await assert.rejects(activity('pause', jobId, 'segment-0000'), /pending|complete|not found/i);
    assert.deepEqual(await rowOf(service, jobId), before);
    await untilMailed(user);
    const notification = `notification/${jobId}/completed`;
    const runs = async (): Promise<number> => (await listed(`WorkflowId = "${notification}"`)).length;
    await until('one run', async () => (await statusOf(service, notification)) === 'COMPLETED');
    await temporal(service, 'workflow', 'reset', '-w', notification, '-t', 'FirstWorkflowTask', '--reason', 'test');
    await until('another', async () => (await runs()) === 2 && (await statusOf(service, notification)) === 'COMPLETED');
    assert.equal((await untilMailed(user)).length, 1);
  });

  operatorFinds(at);
});
