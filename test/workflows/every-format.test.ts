import assert from 'node:assert/strict';
import { exportWorkflowId } from '../../shared/contract.js';
import { FORMATS } from '../../shared/formats/index.js';
import { leftovers, planAt, postExport, until, untilEnded } from '../support/exports.js';
import { someUser } from '../support/service.js';
import { behind, type Door, endStage, type Stage, startStage } from './doors.js';
import { assertSameFile, cancel, resetExport, rowOf, segmentsOf, statusOf, untilCommitted } from './support.js';
import { DEEP } from '../support/depth.js';
import { describeStores } from '../support/stores.js';

/** Options that have a format put bytes between segments, too. */
const OPTIONS: Readonly<Record<string, object>> = { XLSX: { sheet_rows: 400 } };

if (DEEP)
  describeStores('an export of any format', (stackEnv) => {
    let stage: Stage;
    let door: Door;
    const me = someUser();

    before(async () => {
      stage = await startStage({ stackEnv: stackEnv(), tuning: { maxSegmentRows: 150, segmentsInFlight: 2 } });
      // Archives and pages say when they were planned.
      await planAt(stage.service, '2026-11-25T10:20:30.000Z');
    });
    afterEach(() => door.open());
    after(() => endStage(stage));

    const bodyOf = (format: string): object => ({ ...behind(1), format, options: OPTIONS[format] ?? {} });
    const untilClosed = (jobId: string, status: string): Promise<true> =>
      until(`${jobId} ${status}`, async () => (await statusOf(stage.service, exportWorkflowId(jobId))) === status);
    async function resetEnded(jobId: string): Promise<void> {
      const { status } = await rowOf(stage.service, jobId);
      await resetExport(stage.service, jobId);
      await until(`${jobId} is not ${status}`, async () => (await rowOf(stage.service, jobId)).status !== status);
    }
    async function completed(jobId: string): Promise<string> {
      await untilEnded(stage.service, me, jobId);
      await untilClosed(jobId, 'COMPLETED');
      return jobId;
    }

    for (const format of FORMATS.keys()) {
      it(`${format}: fails, and is cancelled, and leaves what it should; a reset makes the same file of either`, async () => {
        const { service, doors } = stage;
        const undisturbed = await completed(await postExport(service, me, bodyOf(format)));

        door = await doors.closed(1);
        const failed = await postExport(service, me, bodyOf(format));
        await door.somebodyWaits();
        await untilCommitted(service, failed);
        await door.trap();
        await untilEnded(service, me, failed, 'FAILED');
        await untilClosed(failed, 'FAILED');
        const committed = await untilCommitted(service, failed);
        await door.open();
        await resetEnded(failed);
        await assertSameFile(service, me, await completed(failed), undisturbed);
        const after = await segmentsOf(service, failed);
        for (const { segment } of committed) assert.equal(after[segment]?.attempt, 1, `attempts of segment ${segment}`);

        door = await doors.closed(1);
        const cancelled = await postExport(service, me, bodyOf(format));
        await door.somebodyWaits();
        await cancel(service, me, cancelled);
        await untilEnded(service, me, cancelled, 'CANCELLED');
        await untilClosed(cancelled, 'CANCELLED');
        await until('nothing is left', async () => (await leftovers(service)).length === 0, 5000);
        await door.open();
        await resetEnded(cancelled);
        await assertSameFile(service, me, await completed(cancelled), undisturbed);
      });
    }
  });
