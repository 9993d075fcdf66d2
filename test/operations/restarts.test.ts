import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../../dev/stack/stack.js';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { FORMATS } from '../../shared/formats/index.js';
import { describeDeeply } from '../support/depth.js';
import { planAt, postExport, untilEnded } from '../support/exports.js';
import { FAST, someUser, type TestService } from '../support/service.js';
import { stackBeside, type OwnService } from '../support/stack.js';
import { behind, endStage, startStage, Doors, type Door } from '../workflows/doors.js';
import { assertSameFile, segmentsOf, untilStatus, untilCommitted } from '../workflows/support.js';

const EXPORTS = 10;
const IN_FLIGHT = 2;
/** Long enough for every step to run into the outage. */
const AWAY_MS = 2000;

/** Attempts last minutes in production; these, at test speed, also outlast the outage. */
const { control, plan, segment, finish } = FAST;
const PATIENT = Object.fromEntries(
  Object.entries({ control, plan, segment, finish }).map(([step, retry]) => [step, { ...retry, maximumAttempts: 200 }]),
);

const SERVICES: Readonly<Record<OwnService, string>> = {
  postgres: 'PostgreSQL, job database and source,',
  s3: 'the object store',
  temporal: 'the Temporal server',
};

describeDeeply('while ten exports run', function () {
  this.timeout(300_000);
  let own: Stack;
  let service: TestService;
  let doors: Doors;
  const user = someUser();
  const formats = [...FORMATS.keys()];
  const bodyOf = (format: string): object => ({ ...behind(1), format });
  const untilClosed = (jobId: string): Promise<true> =>
    untilStatus(service, exportWorkflowId(jobId), 'COMPLETED', 20_000);

  before(async () => {
    own = await stackBeside('postgres', 'temporal', 's3');
    ({ service, doors } = await startStage({
      stackEnv: own.env,
      limit: EXPORTS,
      dataSlots: EXPORTS * IN_FLIGHT,
      tuning: { ...PATIENT, maxSegmentRows: 200, segmentsInFlight: IN_FLIGHT },
    }));
    // Workbooks and PDFs contain the time of planning.
    await planAt(service, '2026-11-25T10:20:30.000Z');
  });
  beforeEach(async () => {
    await doors.end();
    doors = await Doors.of(service);
  });
  after(async () => {
    await endStage({ service, doors });
    await own.stop();
  });

  const undisturbed = new Map<string, string>();
  before(async () => {
    const make = async (format: string): Promise<void> => {
      const jobId = await postExport(service, user, bodyOf(format));
      await untilEnded(service, user, jobId);
      undisturbed.set(format, jobId);
    };
    await Promise.all(formats.map(make));
  });

  /** Ten exports held in a segment, each with other segments committed. */
  async function tenInTheMiddle(door: Door): Promise<{ jobId: string; format: string }[]> {
    const jobs = await Promise.all(
      Array.from({ length: EXPORTS }, async (_, index) => {
        const format = formats[index % formats.length] ?? 'CSV';
        return { format, jobId: await postExport(service, user, bodyOf(format)) };
      }),
    );
    await door.untilWaiting(EXPORTS);
    for (const { jobId } of jobs) await untilCommitted(service, jobId);
    return jobs;
  }

  for (const [name, title] of Object.entries(SERVICES) as [OwnService, string][]) {
    it(`${title} goes down and comes back: all exports complete with correct files, and nothing is done twice`, async () => {
      const door = await doors.closed(1);
      const jobs = await tenInTheMiddle(door);
      const committed = await Promise.all(jobs.map(({ jobId }) => untilCommitted(service, jobId)));
      await own.services[name].stop();
      // Stopping PostgreSQL also releases the lock, which opens the door.
      if (name !== 'postgres') await door.open();
      await sleep(AWAY_MS);
      await own.services[name].start();

      const check = async ({ jobId, format }: (typeof jobs)[number], index: number): Promise<number> => {
        await untilEnded(service, user, jobId, 'COMPLETED', 120_000);
        await assertSameFile(service, user, jobId, undisturbed.get(format) ?? '');
        await untilClosed(jobId);
        const after = await segmentsOf(service, jobId);
        for (const { segment } of committed[index] ?? []) {
          assert.equal(after[segment]?.attempt, 1, `attempts of segment ${segment} of ${jobId}`);
        }
        return after.filter(({ attempt }) => attempt > 1).length;
      };
      const retries = await Promise.all(jobs.map(check));
      // Activities noticed the outage and were retried. Without Temporal they go on, and report when it is back.
      if (name !== 'temporal') assert.ok(Math.max(...retries) > 0);
    });
  }
});
