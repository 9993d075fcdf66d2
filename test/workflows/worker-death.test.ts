import assert from 'node:assert/strict';
import { exportWorkflowId } from '../../shared/contract.js';
import { FORMATS } from '../../shared/formats/index.js';
import { leftovers, planAt, postExport, until, untilEnded } from '../support/exports.js';
import { compressionOf } from '../support/formats.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { BY_ROWS, DATASETS_WITH_DOORS, Doors, behind } from './doors.js';
import { assertSameFile, segmentsOf, statusOf, untilCommitted } from './support.js';
import { deeply } from '../support/depth.js';
import { describeStores } from '../support/stores.js';

const QUICKLY = 'CSV text';

describeStores('a worker that stops in the middle of an export', (stackEnv) => {
  let service: TestService;
  let doors: Doors;

  before(async () => {
    service = await startService({
      stackEnv: stackEnv(),
      datasets: DATASETS_WITH_DOORS,
      tuning: { maxSegmentRows: 200, segmentsInFlight: 2 },
    });
    doors = await Doors.of(service);
    // Archives and pages say when they were planned.
    await planAt(service, '2026-11-25T10:20:30.000Z');
  });
  after(async () => {
    await doors.end();
    await closeCleanly(service);
  });

  // Each format by both lanes, and each lane with and without compression.
  for (const [index, format] of [...FORMATS.keys()].entries()) {
    for (const [lane, columns] of [['text', {}] as const, ['row', BY_ROWS] as const]) {
      const compression = (index % 2 === 0) === (lane === 'text') ? 'none' : 'gzip';
      const test = `${format} ${lane}` === QUICKLY ? it : deeply;
      test(`${format} by the ${lane} lane, compression ${compression}: leaves it to the next one, which makes the same file and does nothing twice`, () =>
        dies({ ...behind(1), ...columns, format, options: compressionOf(format, compression) }));
    }
  }

  async function dies(file: object): Promise<void> {
    const user = someUser();
    const worker = await service.startWorker();
    const door = await doors.closed(1);
    const jobId = await postExport(service, user, file);
    await door.somebodyWaits();
    await untilCommitted(service, jobId);
    await worker.stop();
    const committed = await untilCommitted(service, jobId);

    const next = await service.startWorker();
    await door.open();
    await untilEnded(service, user, jobId);
    const after = await segmentsOf(service, jobId);
    for (const { segment } of committed) assert.equal(after[segment]?.attempt, 1, `attempts of segment ${segment}`);
    assert(after.some(({ attempt }) => attempt === 2));
    await until('nothing is left', async () => (await leftovers(service)).length === 0, 5000);

    const undisturbed = await postExport(service, user, file);
    await untilEnded(service, user, undisturbed);
    await assertSameFile(service, user, jobId, undisturbed);
    for (const id of [jobId, undisturbed]) {
      await until('its end', async () => (await statusOf(service, exportWorkflowId(id))) === 'COMPLETED');
    }
    await next.stop();
  }
});
