import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ScheduleOverlapPolicy, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { CONTROL_QUEUE } from '../../shared/temporal/names.js';
import type { RetentionInput } from '../../shared/temporal/inputs.js';
import { RETENTION_SCHEDULE } from '../../shared/startup/check-payload-key.js';
import { setUpTemporal } from '../../worker/set-up-temporal.js';
import { postExport, until } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { FAST, someUser, startService, type TestService } from '../support/service.js';
import { rowOf, temporal } from './support.js';

const OPEN = 'WorkflowType = "retentionWorkflow" AND ExecutionStatus = "Running"';

describe('retention', function () {
  this.timeout(120_000);
  let service: TestService;

  before(async () => {
    service = await startService({ orders: 100, tuning: { urlTtlSeconds: 1 } });
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  const schedule = () => service.deps.temporal.client.schedule.getHandle(RETENTION_SCHEDULE);
  const sweeping = async (): Promise<string[]> => {
    const open: string[] = [];
    for await (const { runId } of service.deps.temporal.client.workflow.list({ query: OPEN })) open.push(runId);
    return open;
  };
  const untilSweeping = (not = ''): Promise<string> =>
    until('a run', async () => (await sweeping()).find((runId) => runId !== not), 60_000);

  const run = (times: Pick<RetentionInput, 'everyMs' | 'forMs'>): Promise<WorkflowHandle> =>
    service.deps.temporal.client.workflow.start('retentionWorkflow', {
      workflowId: `sweep/${randomUUID()}`,
      taskQueue: CONTROL_QUEUE,
      args: [{ tuning: FAST, ...times } satisfies RetentionInput],
    });

  it('sweeps repeatedly in one run', async () => {
    const sweeps = await run({ everyMs: 200, forMs: 60_000 });
    const user = someUser();
    for (const _export of [1, 2]) {
      const jobId = await postExport(service, user);
      await until('the file is gone', async () => (await rowOf(service, jobId)).file_deleted_at);
    }
    await sweeps.cancel();
    await assert.rejects(sweeps.result(), WorkflowFailedError);
  });

  it('ends when its time is over', async () => {
    const sweeps = await run({ everyMs: 100, forMs: 500 });
    await sweeps.result();
    const { events } = await sweeps.fetchHistory();
    const done = events?.filter((event) => event.activityTaskCompletedEventAttributes != null) ?? [];
    assert.ok(done.length > 1, `${done.length} sweeps`);
  });

  it('has one run at a time, and starts another soon after an operator ends it', async () => {
    const trigger = (): Promise<void> => schedule().trigger(ScheduleOverlapPolicy.SKIP);
    assert.equal((await schedule().describe()).spec.intervals?.[0]?.every, 30_000);
    // The usual interval would make this test half a minute longer.
    await schedule().update((current) => ({ ...current, spec: { intervals: [{ every: '1s' }] } }));
    await trigger();
    const first = await untilSweeping();
    await trigger();
    await until('it was skipped', async () => (await schedule().describe()).info.numActionsSkippedOverlap > 0);
    assert.deepEqual(await sweeping(), [first]);
    await temporal(service, 'workflow', 'terminate', '--query', OPEN, '--yes', '--reason', 'test');
    await untilSweeping(first);
  });

  it('stays paused until an operator unpauses it, even if Temporal is set up again', async () => {
    const toggle = (how: string): Promise<string> =>
      temporal(service, 'schedule', 'toggle', '--schedule-id', RETENTION_SCHEDULE, how, '--reason', 'test');
    await toggle('--pause');
    const last = await untilSweeping();
    await temporal(service, 'workflow', 'cancel', '--query', OPEN, '--reason', 'test', '--yes');
    await until('no run', async () => (await sweeping()).length === 0);
    await setUpTemporal(service.deps.temporal, service.namespace);
    assert.equal((await schedule().describe()).state.paused, true);
    assert.equal((await schedule().describe()).spec.intervals?.[0]?.every, 30_000);
    await toggle('--unpause');
    await temporal(service, 'schedule', 'trigger', '--schedule-id', RETENTION_SCHEDULE);
    await untilSweeping(last);
  });
});
