import assert from 'node:assert/strict';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { deeply } from '../support/depth.js';
import { download, leftovers, postExport, until, untilEnded } from '../support/exports.js';
import { FAST, someUser, type ServiceOptions, type TestService } from '../support/service.js';
import { stackBeside } from '../support/stack.js';
import type { Stack } from '../../dev/stack/stack.js';
import { behind, type Door, type Doors, endStage, startStage } from './doors.js';
import { resetExport, rowOf, rowsInBytes, segmentsOf, statusOf, sweepNow, type SegmentRow } from './support.js';

/** Retries of the store end sooner than in production, to keep the test short. */
const IMPATIENT = { maximumAttempts: 2, initialIntervalMs: 50, maximumIntervalMs: 50 };

describe('an export whose storage went down', () => {
  let service: TestService;
  let doors: Doors;
  let door: Door;
  let own: Stack;
  const user = someUser();

  async function serve(options: ServiceOptions): Promise<void> {
    ({ service, doors } = await startStage({
      tuning: { segmentBytes: rowsInBytes(150), segmentsInFlight: 2, segment: { ...FAST.segment, ...IMPATIENT } },
      stackEnv: own.env,
      ...options,
    }));
    door = await doors.closed(1);
  }
  before(async () => {
    own = await stackBeside('s3');
  });
  after(() => own.stop());
  afterEach(async () => {
    await own.services.s3.start();
    await endStage({ service, doors });
  });

  /** @returns its segments at the time when its retries ran out */
  async function failedForStorage(): Promise<{ jobId: string; segments: SegmentRow[] }> {
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting(2);
    await own.services.s3.stop();
    await door.open();
    const { error_code } = await untilEnded(service, user, jobId, 'FAILED');
    assert.equal(error_code, 'STORAGE_UNAVAILABLE');
    await until('its end', async () => (await statusOf(service, exportWorkflowId(jobId))) === 'FAILED');
    await own.services.s3.start();
    return { jobId, segments: await segmentsOf(service, jobId) };
  }

  async function resetToTheEnd(jobId: string): Promise<void> {
    await resetExport(service, jobId);
    await until('another start', async () => (await rowOf(service, jobId)).status !== 'FAILED');
    const { row_count } = await untilEnded(service, user, jobId);
    const lines = (await download(service, user, jobId)).toString().match(/^\d+,[0-9a-f-]{36},/gm) ?? [];
    assert.deepEqual([lines.length, new Set(lines).size], [row_count, row_count]);
    await until('nothing is left', async () => (await leftovers(service)).length === 0, 5000);
  }

  it('is completed by a reset, which redoes only the missing segments', async () => {
    await serve({});
    const { jobId, segments } = await failedForStorage();
    await resetToTheEnd(jobId);
    assert(segments.some(({ rows }) => rows !== null) && segments.some(({ rows }) => rows === null));
    const attempts = new Map((await segmentsOf(service, jobId)).map(({ segment, attempt }) => [segment, attempt]));
    for (const { segment, attempt, rows } of segments) {
      assert.equal(attempts.get(segment), rows === null ? attempt + 1 : 1, `attempts of segment ${segment}`);
    }
    assert.equal((await rowOf(service, jobId)).generation, 1);
  });

  deeply('completes after a reset in a new generation, even if the sweep deleted its upload', async () => {
    await serve({ retryWindowMs: 1 });
    const { jobId } = await failedForStorage();
    await until('swept', async () => {
      await sweepNow(service);
      return (await leftovers(service)).length === 0;
    });
    assert.deepEqual(await segmentsOf(service, jobId), []);
    await resetToTheEnd(jobId);
    assert.equal((await rowOf(service, jobId)).generation, 2);
  });
});
