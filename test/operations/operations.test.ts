import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { deeply } from '../support/depth.js';
import { download, postExport, readJob, until, untilEnded } from '../support/exports.js';
import { FAST, type TestService } from '../support/service.js';
import { behind, type Door, type Doors, endStage, startStage } from '../workflows/doors.js';
import { FINISH_MAY_WAIT, holdFinish } from '../workflows/finishing.js';
import {
  cancel,
  mailsTo,
  operateOn,
  resetExport,
  rowOf,
  slotsOf,
  someReader,
  statusOf,
  temporal,
  untilMailed,
  type Reader,
} from '../workflows/support.js';

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
    await locker.query(`
      CREATE FUNCTION wait_to_publish() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_advisory_xact_lock_shared(2); RETURN NEW; END $$;
      CREATE TRIGGER wait_to_publish BEFORE UPDATE ON export_jobs FOR EACH ROW
        WHEN (NEW.status = 'COMPLETED') EXECUTE FUNCTION wait_to_publish()`);
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

  const activity = (command: string, jobId: string, id: string): Promise<string> =>
    temporal(service, 'activity', command, '--workflow-id', exportWorkflowId(jobId), '--activity-id', id);
  const workflow = (command: string, jobId: string): Promise<string> =>
    temporal(service, 'workflow', command, '--workflow-id', exportWorkflowId(jobId));
  const phaseIs = (user: Reader, jobId: string, phase: string): Promise<true> =>
    until(phase, async () => (await readJob(service, user, jobId)).phase === phase);
  const holds = async (user: Reader, jobId: string): Promise<boolean> =>
    jobId in ((await slotsOf(service, user))?.holders ?? {});
  /** Ids of the listed workflows, one per run. `cookbook.test.ts` runs the CLI's own command. */
  const listed = async (query: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const { workflowId } of service.deps.temporal.client.workflow.list({ query })) found.push(workflowId);
    return found;
  };
  const untilListed = (query: string, jobId: string): Promise<true> =>
    until(`${jobId} in ${query}`, async () => (await listed(query)).includes(exportWorkflowId(jobId)));

  /** An export held at some step, and a function that lets it continue. */
  interface Standing {
    readonly jobId: string;
    readonly go: () => Promise<unknown>;
  }

  /** With limit 1: another export holds the slot, and this one, reset after it ended, waits. */
  async function queued(user: Reader): Promise<Standing> {
    const jobId = await inSegments(user).then((standing) => standing.jobId);
    await cancel(service, user, jobId);
    await until('its end', async () => (await statusOf(service, exportWorkflowId(jobId))) === 'CANCELLED');
    const holder = (await inSegments(user)).jobId;
    await resetExport(service, jobId);
    await until('it waits', async () => (await slotsOf(service, user))?.waiters.includes(jobId));
    return { jobId, go: () => door.open().then(() => untilEnded(service, user, holder)) };
  }

  async function planning(user: Reader): Promise<Standing> {
    await locker.query('BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
    const jobId = await postExport(service, user);
    await phaseIs(user, jobId, 'planning');
    return { jobId, go: () => locker.query('ROLLBACK') };
  }

  async function inSegments(user: Reader): Promise<Standing> {
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    return { jobId, go: () => door.open() };
  }

  const finishing = (user: Reader): Promise<Standing> => holdFinish({ service, door, locker }, user);

  async function publishing(user: Reader): Promise<Standing> {
    const published = await doors.closed(2);
    const jobId = await postExport(service, user);
    await published.untilWaiting();
    return { jobId, go: () => published.open() };
  }

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

  it('finds all exports that ended badly with one query, and none that ended well', async () => {
    const page = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const [, query = ''] = /^### Exports that ended badly\n[^]*?^```\n(.*)\n```/m.exec(page) ?? [];
    const saved = [...page.matchAll(/^\/namespaces\/default\/workflows(\?.*)$/gm)].map(([, search]) =>
      new URLSearchParams(search).get('query'),
    );
    assert(saved.includes(query), 'the saved view has the same query');

    const user = someReader();
    const { jobId: terminated, go } = await inSegments(user);
    await operateOn(service, 'terminate', terminated);
    await untilEnded(service, user, terminated, 'FAILED');
    await go();
    const completed = await postExport(service, user);
    await untilEnded(service, user, completed);
    await until('its slot is free', async () => !(await holds(user, completed)));
    await door.close();
    const { jobId: failed } = await inSegments(user);
    await door.trap();
    await untilEnded(service, user, failed, 'FAILED');
    assert.match(await workflow('metadata', failed), /FAILED \(\w+\), was \*\*exporting\*\*/);

    const own = `ExportUserId = "${user.userId}"`;
    await untilListed(`${own} AND ExecutionStatus = "Completed"`, completed);
    for (const jobId of [terminated, failed]) await untilListed(`${own} AND ${query}`, jobId);
    assert(!(await listed(`${own} AND ${query}`)).includes(exportWorkflowId(completed)));
  });

  it('sees when planning began, and its attempt under Pending Activities', async () => {
    const user = someReader();
    const { jobId, go } = await planning(user);
    const attempt = /Pending Activities: 1\s+ActivityId +plan\s[^]*Attempt +1/;
    await until('its attempt', async () => attempt.test(await workflow('describe', jobId)));
    assert.match(
      await workflow('metadata', jobId),
      /\*\*planning\*\* since \d\d:\d\d:\d\d UTC\s+attempts and last failure: Pending Activities/,
    );
    await go();
    await untilEnded(service, user, jobId);
    assert.match(await workflow('metadata', jobId), /\*\*done\*\*: \d+ rows/);
  });

  it('finds exports by user, dataset and status, and sees their progress', async () => {
    const user = someReader();
    const own = `ExportUserId = "${user.userId}" AND ExportTenantId = "${user.tenantId}" AND ExportFormat = "CSV"`;
    const waiting = await queued(user);
    await untilListed(`${own} AND ExportState = "QUEUED" AND ExecutionStatus = "Running"`, waiting.jobId);
    await untilListed(`${own} AND ExportState = "CANCELLED"`, waiting.jobId);
    const slots = `export-slots/${user.tenantId}/${user.userId}`;
    const semaphore = `${own.replace(/ AND ExportFormat.*/, '')} AND WorkflowType = "userExportSlots"`;
    assert.deepEqual(await listed(`${semaphore} AND ExecutionStatus = "Running"`), [slots]);
    const details = await temporal(service, 'workflow', 'metadata', '--workflow-id', slots);
    assert.match(details, new RegExp(`1 of 1 slots held: .*waiting: ${waiting.jobId}`, 's'));
    const holder = Object.keys((await slotsOf(service, user))?.holders ?? {})[0] ?? '';
    await untilListed(`${own} AND ExportState = "PROCESSING"`, holder);
    const shown = await workflow('metadata', holder);
    assert.match(shown, /exporting\*\*, \d+%: 1 of 2 segments, \d+ of 1700 rows(, \d+ rows\/s until [\d:]+ UTC)?\s*\n/);
    assert.match(await workflow('describe', holder), /orders_behind_door_1 as CSV.*segment-0001/s);
    await door.trap();
    await untilListed(`${own} AND ExportState = "FAILED"`, holder);
    await door.open();
    const { row_count } = await untilEnded(service, user, waiting.jobId);
    await untilListed(`${own} AND ExportState = "COMPLETED" AND ExportRows = ${row_count}`, waiting.jobId);
  });
});
