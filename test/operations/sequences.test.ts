import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { exportWorkflowId, slotsWorkflowId } from '../../shared/temporal/names.js';
import { queryRows } from '../support/database.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { LONG } from '../support/depth.js';
import { type TestService } from '../support/service.js';
import { behind, type Door, type Doors, endStage, startStage } from '../workflows/doors.js';
import {
  cancel,
  post,
  resetExport,
  rowOf,
  rowsInBytes,
  slotsOf,
  someReader,
  statusOf,
  sweepNow,
  temporal,
  type Reader,
} from '../workflows/support.js';

const OPERATIONS = [
  ...['user cancels', 'cancel', 'terminate', 'reset', 'another export', 'open the door', 'trap at the door'],
  ...['pause the activity', 'unpause the activity', 'reset the activity', 'pause the workflow', 'unpause the workflow'],
  ...['cancel the semaphore', 'terminate the semaphore', 'restart the worker'],
] as const;
type Operation = (typeof OPERATIONS)[number];

const SEQUENCES = 20;
/** `SEED=… npm run test:long -- test/operations/sequences.test.ts` repeats a run. */
const SEED = Number(process.env.SEED ?? randomInt(2 ** 31));

/** Whatever an operator clicks in Temporal, no slot stays taken, no job stays waiting and no upload stays open. */
describe('after any five operations', () => {
  let service: TestService;
  let doors: Doors;
  let worker: { stop(): Promise<void> };
  let door: Door;

  before(async () => {
    const tuning = { segmentBytes: rowsInBytes(300), segmentsInFlight: 2 };
    ({ service, doors } = await startStage({ tuning }));
    worker = await service.startWorker();
  });
  after(async () => {
    await endStage({ service, doors });
  });

  const cli = (...args: readonly string[]): Promise<string> => temporal(service, ...args);
  const workflow = (command: string, id: string): Promise<string> => cli('workflow', command, '--workflow-id', id);

  /** The ids of an export's pending activities. */
  async function pendingOf(jobId: string): Promise<string[]> {
    const said = await workflow('describe', exportWorkflowId(jobId));
    return [...said.matchAll(/ActivityId\s+(\S+)/g)].map(([, id = '']) => id);
  }
  async function onActivities(command: string, jobId: string): Promise<void> {
    for (const id of await pendingOf(jobId)) {
      await cli('activity', command, '--workflow-id', exportWorkflowId(jobId), '--activity-id', id);
    }
  }

  const act = (user: Reader, jobIds: string[]): Record<Operation, (jobId: string) => Promise<unknown>> => {
    const slots = slotsWorkflowId(user.tenantId, user.userId);
    return {
      'user cancels': (jobId) => cancel(service, user, jobId),
      cancel: (jobId) => workflow('cancel', exportWorkflowId(jobId)),
      terminate: (jobId) => workflow('terminate', exportWorkflowId(jobId)),
      reset: (jobId) => resetExport(service, jobId),
      'another export': async () => {
        const { status, json } = await post(service, user, behind(1));
        if (status === 202) jobIds.push((json as { job_id: string }).job_id);
        else assert.equal(status, 429);
      },
      'open the door': () => door.open(),
      'trap at the door': () => door.trap(),
      'pause the activity': (jobId) => onActivities('pause', jobId),
      'unpause the activity': (jobId) => onActivities('unpause', jobId),
      'reset the activity': (jobId) => onActivities('reset', jobId),
      'pause the workflow': (jobId) => workflow('pause', exportWorkflowId(jobId)),
      'unpause the workflow': (jobId) => workflow('unpause', exportWorkflowId(jobId)),
      'cancel the semaphore': () => workflow('cancel', slots),
      'terminate the semaphore': () => workflow('terminate', slots),
      'restart the worker': async () => {
        await worker.stop();
        worker = await service.startWorker();
      },
    };
  };

  /** If an export and its semaphore are both terminated, only the sweep finds the export. */
  async function sweepAnHourLater(jobId: string): Promise<void> {
    const { databaseUrl } = service;
    const older = "UPDATE export_jobs SET created_at = created_at - interval '1 hour' WHERE job_id = $1";
    await queryRows(databaseUrl, older, [jobId]);
    await sweepNow(service);
  }

  /**
   * If Temporal rejects an operation (terminating a closed workflow, unpausing a running one), the operator sees an
   * error.
   */
  async function attempt(work: () => Promise<unknown>): Promise<string> {
    return work().then(
      () => 'done',
      (error: unknown) => {
        if (error instanceof Error && 'stderr' in error) return 'refused';
        throw error;
      },
    );
  }

  const sequence = fc.array(fc.tuple(fc.constantFrom(...OPERATIONS), fc.nat(1)), { minLength: 5, maxLength: 5 });
  // Keep the suite empty otherwise: a suite without tests skips its hooks.
  const sequences = LONG ? fc.sample(sequence, { seed: SEED, numRuns: SEQUENCES }) : [];
  for (const [index, steps] of sequences.entries()) {
    it(`nothing is left (seed ${SEED}, ${index + 1}): ${steps.map(([name]) => name).join(', ')}`, async () => {
      const user = someReader();
      door = await doors.closed(1);
      const jobIds = [await postExport(service, user, behind(1))];
      await door.untilWaiting();
      const operations = act(user, jobIds);
      const log: string[] = [];
      for (const [name, which] of steps) {
        const jobId = jobIds[which] ?? jobIds[0] ?? '';
        log.push(`${name} of ${jobId}: ${await attempt(() => operations[name](jobId))}`);
      }

      await door.open();
      for (const jobId of jobIds) {
        await attempt(() => workflow('unpause', exportWorkflowId(jobId)));
        await attempt(() => onActivities('unpause', jobId));
      }
      const open = async (jobId: string): Promise<boolean> =>
        ['QUEUED', 'PROCESSING'].includes((await rowOf(service, jobId)).status) ||
        ['RUNNING', 'PAUSED'].includes(await statusOf(service, exportWorkflowId(jobId)));
      try {
        for (const jobId of jobIds) {
          await until(`end of ${jobId}`, async () => !(await open(jobId)), 15_000).catch(() => sweepAnHourLater(jobId));
          await until(`end of ${jobId} after a sweep`, async () => !(await open(jobId)));
        }
        await until('no slot is taken', async () => {
          const slots = await slotsOf(service, user);
          return slots === null || Object.keys(slots.holders).length + slots.waiters.length === 0;
        });
      } catch (error) {
        throw new Error(`${log.join('\n')}\n${JSON.stringify(await slotsOf(service, user))}`, { cause: error });
      }
      await untilEnded(service, user, await postExport(service, user));
    }).timeout(150_000);
  }
});
