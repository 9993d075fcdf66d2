import { Context } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { LiveProgress } from '../../api/live/live-progress.js';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import type { ExportProgress, SegmentHeartbeat } from '../../shared/temporal/inputs.js';
import type { JobRow } from '../../shared/job/row.js';
import { until } from '../support/exports.js';
import { startService, type TestService } from '../support/service.js';
import { stack } from '../support/stack.js';
import { seedFor, setPlanned, someone } from './support.js';
import type { ShowInput } from './workflows/show-progress.js';

const QUEUE = 'live-progress';

/** A fake workflow and fake heartbeats report what the test tells them; the rest is real. */
describe('live progress', () => {
  let service: TestService;
  let watched: ConstructorParameters<typeof LiveProgress>[0];
  let worker: Worker;
  let running: Promise<void>;
  let connection: NativeConnection;
  const heartbeats = new Map<string, SegmentHeartbeat>();

  /** Sends the heartbeats that the test set, until it is canceled. */
  async function exportSegment({ jobId }: { jobId: string }): Promise<void> {
    const { cancelled, heartbeat } = Context.current();
    const timer = setInterval(() => {
      heartbeat(heartbeats.get(jobId));
    }, 20);
    await cancelled.finally(() => {
      clearInterval(timer);
    });
  }

  before(async () => {
    service = await startService();
    watched = { ...service.deps, logger: pino({ level: 'silent' }) };
    connection = await NativeConnection.connect({ address: stack().env.TEMPORAL_ADDRESS });
    worker = await Worker.create({
      connection,
      namespace: service.namespace,
      taskQueue: QUEUE,
      workflowsPath: fileURLToPath(new URL('workflows/show-progress.ts', import.meta.url)),
      activities: { exportSegment, somethingElse: exportSegment },
      maxHeartbeatThrottleInterval: 20,
    });
    running = worker.run();
  });
  after(async () => {
    worker.shutdown();
    await running;
    await connection.close();
    await service.close();
  });

  /** A job that is planned and running, as far as its row shows. */
  async function insertPlanned(): Promise<JobRow> {
    const seed = seedFor(someone());
    await watched.jobs.insert(seed);
    await watched.jobs.markProcessing(seed.jobId);
    await setPlanned(service.databaseUrl, seed.jobId);
    return reread(seed.jobId);
  }

  const AT_WORK: ExportProgress = {
    phase: 'exporting',
    totalRows: 1000,
    rowsCommitted: 200,
    segmentsDone: 2,
    segments: 10,
  };

  /** A PROCESSING job whose workflow reports this until `work` is done. */
  async function whileItSays(
    input: Partial<ShowInput>,
    work: (row: JobRow, live: LiveProgress) => Promise<void>,
  ): Promise<void> {
    const row = await insertPlanned();
    const { job_id: jobId } = row;
    const args: [ShowInput] = [{ jobId, progress: AT_WORK, activities: [], ...input }];
    const handle = await watched.temporal.client.workflow.start('showProgress', {
      workflowId: exportWorkflowId(jobId),
      taskQueue: QUEUE,
      args,
    });
    try {
      await work(row, new LiveProgress(watched));
    } finally {
      await handle.cancel();
      await handle.result().catch(() => undefined);
    }
  }

  const reread = async (jobId: string): Promise<JobRow> => {
    const now = await watched.jobs.find(jobId);
    assert.ok(now);
    return now;
  };

  it('counts committed segments, and updates the row', async () => {
    await whileItSays({}, async (row, live) => {
      const seen = await until('an answer', async () => {
        const now = await live.of(row);
        // Until the workflow answers, this is the row's progress.
        return now.rowsExported > 0 && now;
      });
      assert.deepEqual(seen, { phase: 'exporting', progress: 20, totalRows: 1000, rowsExported: 200 });
      assert.equal((await reread(row.job_id)).progress, 20);
    });
  });

  it('sends one query for many concurrent callers, and none for exports that wait or are being planned', async () => {
    await whileItSays({}, async (row) => {
      let queries = 0;
      const openOnly = new Proxy(watched.temporal.openOnly, {
        get(client, name) {
          if (name === 'workflow') queries++;
          return Reflect.get(client, name) as unknown;
        },
      });
      const live = new LiveProgress({ ...watched, temporal: { ...watched.temporal, openOnly } });
      const queued = await live.of({ ...row, status: 'QUEUED' });
      assert.deepEqual([queued.phase, queued.progress, queries], ['waiting', 0, 0]);
      const unplanned = await live.of({ ...row, total_rows: null });
      assert.deepEqual([unplanned.phase, unplanned.progress, queries], ['planning', 0, 0]);
      const all = await Promise.all(Array.from({ length: 50 }, () => live.of(row)));
      assert.equal(queries, 1);
      assert.equal(new Set(all.map((view) => JSON.stringify(view))).size, 1);
      await until('another query', async () => {
        await live.of(row);
        return queries === 2;
      });
    });
  });

  it('adds the heartbeats of running segments, and ignores other activities', async () => {
    await whileItSays({ activities: ['exportSegment', 'exportSegment', 'somethingElse'] }, async (row, live) => {
      heartbeats.set(row.job_id, { segment: 3, rows: 55 });
      const seen = await until('heartbeats', async () => {
        const now = await live.of(row);
        return now.rowsExported === 310 && now;
      });
      assert.equal(seen.progress, 31);
    });
  });

  it('never reports more rows than planned, or 100 percent', async () => {
    await whileItSays({ activities: ['exportSegment'] }, async (row, live) => {
      heartbeats.set(row.job_id, { segment: 3, rows: 5000 });
      const seen = await until('heartbeats', async () => {
        const now = await live.of(row);
        return now.rowsExported > 200 && now;
      });
      assert.deepEqual({ rows: seen.rowsExported, progress: seen.progress }, { rows: 1000, progress: 99 });
    });
  });

  it('never falls below the last response or the row', async () => {
    await whileItSays({ activities: ['exportSegment'] }, async (row, live) => {
      heartbeats.set(row.job_id, { segment: 3, rows: 300 });
      await until('heartbeats', async () => (await live.of(row)).rowsExported === 500);
      // The attempt failed, and the next one has just started.
      heartbeats.set(row.job_id, { segment: 3, rows: 1 });
      const strangers = async (of: JobRow) => new LiveProgress(watched).of(of);
      await until('fewer rows', async () => (await strangers(row)).rowsExported < 500);
      assert.deepEqual(await live.of(row), { phase: 'exporting', progress: 50, totalRows: 1000, rowsExported: 500 });
      await until('the row', async () => {
        await live.of(row);
        return (await reread(row.job_id)).progress === 50;
      });
      assert.equal((await strangers(await reread(row.job_id))).progress, 50);
    });
  });

  it('updates the row at most once a second', async () => {
    let raised = 0;
    const { jobs } = watched;
    const counting = Object.assign(Object.create(jobs) as typeof jobs, {
      raiseProgress: (jobId: string, percent: number) => {
        raised++;
        return jobs.raiseProgress(jobId, percent);
      },
    });
    await whileItSays({}, async (row) => {
      const live = new LiveProgress({ ...watched, jobs: counting });
      await until('the first update', async () => {
        await live.of(row);
        return raised > 0;
      });
      const startedAt = performance.now();
      for (let request = 0; request < 10; request++) await live.of(row);
      assert.ok(raised <= 1 + (performance.now() - startedAt) / 1000);
    });
  });

  it('falls back to the row after half a second when no worker answers', async () => {
    const { job_id: jobId } = await insertPlanned();
    await watched.jobs.raiseProgress(jobId, 7);
    const handle = await watched.temporal.client.workflow.start('showProgress', {
      workflowId: exportWorkflowId(jobId),
      taskQueue: 'nobody',
    });
    const row = await reread(jobId);
    const startedAt = performance.now();
    const seen = await new LiveProgress(watched).of(row);
    const ms = performance.now() - startedAt;
    await handle.terminate();
    assert.deepEqual(seen, { phase: 'exporting', progress: 7, totalRows: 1000, rowsExported: 0 });
    assert.ok(ms > 400 && ms < 2000, `${ms} ms`);
  });
});
