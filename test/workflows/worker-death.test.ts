import assert from 'node:assert/strict';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { FORMATS } from '../../shared/formats/index.js';
import { leftovers, planAt, postExport, until, untilEnded } from '../support/exports.js';
import { compressionOf } from '../support/formats.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { BY_ROWS, DATASETS_WITH_DOORS, Doors, behind, type Door } from './doors.js';
import { assertSameFile, segmentsOf, statusOf, untilCommitted } from './support.js';
import { DEEP, LONG } from '../support/depth.js';
import { describeStores } from '../support/stores.js';

/** Each format by both lanes, and each lane with and without compression. */
const LANES = [
  ['text', {}],
  ['row', BY_ROWS],
] as const;
const FILES = LANES.map(([lane, columns]) =>
  [...FORMATS.keys()].map((format, index) => {
    const compression = (index % 2 === 0) === (lane === 'text') ? 'none' : 'gzip';
    const body = { ...behind(1), ...columns, format, options: compressionOf(format, compression) };
    return { title: `${format} by the ${lane} lane, compression ${compression}`, body, user: someUser() };
  }),
);
type Files = (typeof FILES)[number];
const QUICK = FILES.slice(0, 1).map((files) => files.slice(0, 1));

describeStores('a worker that stops in the middle of exports', (stackEnv, isWhole) => {
  let service: TestService;
  let doors: Doors;

  before(async () => {
    service = await startService({
      stackEnv: stackEnv(),
      datasets: DATASETS_WITH_DOORS,
      dataSlots: 2 * FORMATS.size,
      tuning: { maxSegmentRows: 200, segmentsInFlight: 2 },
    });
    doors = await Doors.of(service);
    // Workbooks and PDFs contain the time of planning.
    await planAt(service, '2026-11-25T10:20:30.000Z');
  });
  after(async () => {
    await doors.end();
    await closeCleanly(service);
  });

  function postAll(files: Files): Promise<string[]> {
    return Promise.all(files.map(({ user, body }) => postExport(service, user, body)));
  }

  // Each format by each lane and on each store; only long runs also test each lane on each store.
  const tested = LONG ? FILES : isWhole ? FILES.slice(0, 1) : FILES.slice(1);
  // All exports of a lane at once: a single worker stops.
  for (const files of DEEP ? tested : QUICK) {
    const titles = files.map(({ title }) => title).join('; ');
    it(`hands them over to the next one, with the same files and no repeated work: ${titles}`, () => outlive(files));
  }

  /** Each export has one segment at the door and no others running; two could wait there. */
  async function untilEachWaits(door: Door, jobIds: readonly string[]): Promise<void> {
    await until('a segment of each export at the door', async () => {
      const rows = await Promise.all(jobIds.map((jobId) => segmentsOf(service, jobId)));
      const begun = rows.map((all) => all.filter((row) => row.attempt > 0 && row.rows === null).length);
      const total = begun.reduce((sum, count) => sum + count, 0);
      return !begun.includes(0) && (await door.waiting()) === total;
    });
  }

  async function outlive(files: Files): Promise<void> {
    const worker = await service.startWorker();
    const door = await doors.closed(1);
    const jobIds = await postAll(files);
    await untilEachWaits(door, jobIds);
    for (const jobId of jobIds) await untilCommitted(service, jobId);
    await worker.stop();
    const committed = await Promise.all(jobIds.map((jobId) => untilCommitted(service, jobId)));

    const next = await service.startWorker();
    await door.open();
    for (const [index, { title, user }] of files.entries()) {
      const jobId = jobIds[index] ?? assert.fail();
      await untilEnded(service, user, jobId);
      const after = await segmentsOf(service, jobId);
      for (const { segment, attempt } of committed[index] ?? []) {
        assert.equal(after[segment]?.attempt, attempt, `${title}: attempts of segment ${segment}`);
      }
      const again = after.filter(({ attempt }) => attempt > 1);
      assert.notDeepEqual(again, [], title);
    }
    await until('nothing is left', async () => (await leftovers(service)).length === 0, 5000);

    const undisturbed = await postAll(files);
    for (const [index, { user }] of files.entries()) {
      const [jobId = '', other = ''] = [jobIds[index], undisturbed[index]];
      await untilEnded(service, user, other);
      await assertSameFile(service, user, jobId, other);
      for (const id of [jobId, other]) {
        await until('its end', async () => (await statusOf(service, exportWorkflowId(id))) === 'COMPLETED');
      }
    }
    await next.stop();
  }
});
