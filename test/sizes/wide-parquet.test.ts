import assert from 'node:assert/strict';
import type { Stack } from '../../dev/stack/stack.js';
import { peakMemory, resetPeakMemory } from '../../bench/proc.js';
import type { Tuning } from '../../shared/temporal/inputs.js';
import { parquetMetadata } from 'hyparquet';
import { LONG, describeDeeply } from '../support/depth.js';
import { download, postExport, untilEnded } from '../support/exports.js';
import { historyOf } from '../support/history.js';
import { FAST, startService, someUser, type TestService } from '../support/service.js';
import { stackBeside } from '../support/stack.js';
import { launchWorker } from '../support/worker-process.js';
import { rowOf, segmentsOf } from '../workflows/support.js';
import datasets, { createWideColumns } from './wide-columns.js';

const MIB = 1024 ** 2;
const MODULE = 'test/sizes/wide-columns.ts';
const COLUMNS = 300;
const LIMIT_MS = 900_000;
/** The most that four segments at a time may add to a worker's idle memory. */
const MOST_MEMORY = 450 * MIB;
/** Four bounds make a segment, except for the last eight: as many segments as there can be, nearly. */
const BOUNDS = 1968;
const MANY_SEGMENTS = (BOUNDS - 8) / 4 + 8;
const BOUND_ROWS = 100;

describeDeeply('Parquet files of 300 columns', function () {
  this.timeout(LIMIT_MS * 2);
  let programs: Stack;
  let service: TestService | undefined;
  const me = someUser();

  before(async () => {
    programs = await stackBeside();
  });
  afterEach(() => service?.close());
  after(() => programs.stop());

  async function exported(rows: number, sizes: Partial<Tuning>) {
    const slow = { startToCloseMs: LIMIT_MS, heartbeatMs: 10_000 };
    const tuning = { ...sizes, segment: { ...FAST.segment, ...slow }, finish: { ...FAST.finish, ...slow } };
    service = await startService({ orders: 100, datasets, tuning });
    await createWideColumns(service.databaseUrl, me.tenantId, rows);
    const worker = await launchWorker(programs, service, `worker-${rows}`, { DATASETS_MODULE: MODULE });
    const { pid } = worker;
    assert.ok(pid !== undefined);
    // The worker has already peaked by bundling its workflows, which an installed worker doesn't do.
    if (process.platform === 'linux') resetPeakMemory(pid);
    const atRest = process.platform === 'linux' ? peakMemory(pid) : 0;
    const jobId = await postExport(service, me, { type: 'wide_columns', format: 'parquet' });
    assert.equal((await untilEnded(service, me, jobId, 'COMPLETED', LIMIT_MS)).row_count, rows);
    const peak = process.platform === 'linux' ? peakMemory(pid) : 0;
    await worker.stop();
    return { service, jobId, peak, atRest };
  }

  it('of many rows are exported in bounded memory', async () => {
    const rows = LONG ? 1_000_000 : 100_000;
    const { service: made, jobId, peak, atRest } = await exported(rows, {});
    const { created_at: from, completed_at: to, file_size: size } = await rowOf(made, jobId);
    const segments = (await segmentsOf(made, jobId)).length;
    const seconds = (Number(to) - Number(from)) / 1000;
    // Not a promise: a machine may be slow.
    console.log(`      ${segments} segments, ${Math.round(Number(size) / MIB)} MiB, ${Math.round(seconds)} s`);
    const memory = `${Math.ceil(peak / MIB)} MiB, of which ${Math.ceil(atRest / MIB)} MiB at rest`;
    console.log(`      the worker's peak: ${memory}`);
    assert.ok(peak - atRest < MOST_MEMORY, memory);
  });

  it('in 498 segments have a footer with each of 149,400 column chunks', async () => {
    const rows = BOUNDS * BOUND_ROWS;
    const { service: made, jobId } = await exported(rows, { maxSegmentRows: BOUND_ROWS });
    assert.equal((await segmentsOf(made, jobId)).length, MANY_SEGMENTS);
    console.log(`      ${await secondsAfterSegments(made, jobId)} s after the last segment`);
    const bytes = await download(made, me, jobId);
    const { row_groups: groups } = parquetMetadata(new Uint8Array(bytes).buffer);
    const chunks = groups.reduce((sum, { columns }) => sum + columns.length, 0);
    assert.equal(chunks, MANY_SEGMENTS * COLUMNS);
    assert.equal(
      groups.reduce((sum, { num_rows: count }) => sum + Number(count), 0),
      rows,
    );
  });

  /** From the end of the last segment's activity to the end of the job. */
  async function secondsAfterSegments(made: TestService, jobId: string): Promise<number> {
    const events = await historyOf(made, jobId);
    const names = new Map(
      events.map(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => [
        String(eventId),
        scheduled?.activityType?.name ?? '',
      ]),
    );
    const ends = events.flatMap(({ eventTime, activityTaskCompletedEventAttributes: completed }) =>
      names.get(String(completed?.scheduledEventId)) === 'exportSegment'
        ? [Number(eventTime?.seconds) * 1000 + Number(eventTime?.nanos) / 1e6]
        : [],
    );
    const { completed_at: end } = await rowOf(made, jobId);
    return (Number(end) - Math.max(...ends)) / 1000;
  }
});
