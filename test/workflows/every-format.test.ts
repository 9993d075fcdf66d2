import assert from 'node:assert/strict';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { FORMATS } from '../../shared/formats/index.js';
import { leftovers, planAt, postExport, until, untilEnded } from '../support/exports.js';
import { someUser } from '../support/service.js';
import { behind, type Door, endStage, type DoorStage, startStage } from './doors.js';
import { assertSameFile, cancel, resetExport, rowOf, segmentsOf, statusOf, untilCommitted } from './support.js';
import { DEEP, LONG } from '../support/depth.js';
import { describeStoresIf } from '../support/stores.js';

/** Include options that make a format write bytes between segments. */
const OPTIONS: Readonly<Record<string, object>> = { XLSX: { sheet_rows: 400 } };

/** One export of a format, by its own user. */
interface Export {
  readonly format: string;
  readonly user: ReturnType<typeof someUser>;
  readonly jobId: string;
}

// Deep tests cover each pair: the formats with each end here, with each store in worker-death.test.ts, and the stores
// with each end in reset.test.ts and cancel.test.ts.
if (DEEP)
  describeStoresIf(LONG, 'exports of every format', (stackEnv) => {
    let stage: DoorStage;
    let door: Door;
    let undisturbed: readonly Export[];
    const users = [...FORMATS.keys()].map((format) => ({ format, user: someUser() }));

    before(async () => {
      stage = await startStage({
        stackEnv: stackEnv(),
        dataSlots: 2 * users.length,
        tuning: { maxSegmentRows: 150, segmentsInFlight: 2 },
      });
      // Workbooks and PDFs contain the time of planning.
      await planAt(stage.service, '2026-11-25T10:20:30.000Z');
      undisturbed = await postAll();
      await untilAllCompleted(undisturbed);
      door = await stage.doors.closed(1);
      await door.open();
    });
    beforeEach(() => door.close());
    afterEach(() => door.open());
    after(() => endStage(stage));

    // All at once: they use little CPU, and each waits for Temporal.
    const postAll = (): Promise<Export[]> =>
      Promise.all(
        users.map(async ({ format, user }) => {
          const body = { ...behind(1), format, options: OPTIONS[format] ?? {} };
          return { format, user, jobId: await postExport(stage.service, user, body) };
        }),
      );
    const untilClosed = (jobId: string, status: string): Promise<true> =>
      until(`${jobId} ${status}`, async () => (await statusOf(stage.service, exportWorkflowId(jobId))) === status);
    async function untilAllEnded(exports: readonly Export[], status: 'FAILED' | 'CANCELLED'): Promise<void> {
      for (const { user, jobId } of exports) {
        await untilEnded(stage.service, user, jobId, status);
        await untilClosed(jobId, status);
      }
    }
    async function untilAllCompleted(exports: readonly Export[]): Promise<void> {
      for (const { user, jobId } of exports) {
        await untilEnded(stage.service, user, jobId);
        await untilClosed(jobId, 'COMPLETED');
      }
    }
    async function resetAll(exports: readonly Export[]): Promise<void> {
      await door.open();
      const reset = async ({ jobId }: Export): Promise<void> => {
        const { status } = await rowOf(stage.service, jobId);
        await resetExport(stage.service, jobId);
        await until(`${jobId} is not ${status}`, async () => (await rowOf(stage.service, jobId)).status !== status);
      };
      await Promise.all(exports.map(reset));
      await untilAllCompleted(exports);
    }
    async function assertSameFiles(exports: readonly Export[]): Promise<void> {
      for (const [index, { user, jobId }] of exports.entries()) {
        await assertSameFile(stage.service, user, jobId, undisturbed[index]?.jobId ?? '');
      }
    }

    it('complete after a failure and a reset, with the same file and no repeated segments', async () => {
      const { service } = stage;
      const failed = await postAll();
      await door.untilWaiting(failed.length);
      for (const { jobId } of failed) await untilCommitted(service, jobId);
      await door.trap();
      await untilAllEnded(failed, 'FAILED');
      const committed = await Promise.all(failed.map(({ jobId }) => untilCommitted(service, jobId)));

      await resetAll(failed);
      await assertSameFiles(failed);
      for (const [index, { format, jobId }] of failed.entries()) {
        const after = await segmentsOf(service, jobId);
        for (const { segment, attempt } of committed[index] ?? []) {
          assert.equal(after[segment]?.attempt, attempt, `${format}: attempts of segment ${segment}`);
        }
      }
    });

    it('leave nothing behind when canceled; a reset produces the same file', async () => {
      const { service } = stage;
      const canceled = await postAll();
      await door.untilWaiting(canceled.length);
      for (const { user, jobId } of canceled) await cancel(service, user, jobId);
      await untilAllEnded(canceled, 'CANCELLED');
      await until('nothing is left', async () => (await leftovers(service)).length === 0, 5000);

      await resetAll(canceled);
      await assertSameFiles(canceled);
    });
  });
