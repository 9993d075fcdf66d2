import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { COMPUTED_COLUMNS, COMPUTED_ORDERS, PLAIN_COLUMNS } from '../../bench/row-lane.js';
import { loadDatasets } from '../../shared/datasets/load.js';
import { copyOf, psqlCopyOf } from '../export-csv/reference.js';
import { queryRows } from '../support/database.js';
import { download, leftovers, planAt, postExport, until, untilEnded } from '../support/exports.js';
import { LONG, describeDeeply } from '../support/depth.js';
import { FAST, startService, someUser, type TestService } from '../support/service.js';
import { stackBeside } from '../support/stack.js';
import { launchWorker } from '../support/worker-process.js';
import { assertSameFile } from '../workflows/support.js';
import type { Stack } from '../../dev/stack/stack.js';

const ROWS = LONG ? 1_000_000 : 400_000;
/**
 * Kills a worker once; long runs also do so for each format by each lane, which takes five more minutes. For Parquet,
 * `text` stands for its binary lane.
 * ../workflows/worker-death.test.ts covers all of them with workers that are stopped.
 */
const CSV: Kind = { format: 'CSV', lane: 'text', compression: 'none' };
const OTHERS: readonly Kind[] = LONG
  ? [
      { format: 'CSV', lane: 'row', compression: 'gzip' },
      { format: 'JSON', lane: 'text', compression: 'gzip' },
      { format: 'JSON', lane: 'row', compression: 'none' },
      { format: 'NDJSON', lane: 'text', compression: 'none' },
      { format: 'NDJSON', lane: 'row', compression: 'gzip' },
      { format: 'XLSX', lane: 'text', compression: 'none' },
      { format: 'PDF', lane: 'text', compression: 'none' },
      { format: 'PARQUET', lane: 'text', compression: 'snappy' },
      { format: 'PARQUET', lane: 'row', compression: 'zstd' },
    ]
  : [];

interface Kind {
  readonly format: string;
  readonly lane: 'text' | 'row';
  readonly compression: string;
}
const bodyOf = ({ format, lane, compression }: Kind): object => ({
  format,
  columns: lane === 'row' ? COMPUTED_COLUMNS : PLAIN_COLUMNS,
  options: {
    ...(['XLSX', 'PDF'].includes(format) ? {} : { compression }),
    ...(format === 'CSV' ? { escape_formulas: false } : {}),
  },
});
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

interface SegmentRow {
  readonly segment: number;
  readonly attempt: number;
  readonly rows: number | null;
}

describeDeeply('worker processes', function () {
  this.timeout(180_000);
  let service: TestService;
  let programs: Stack;
  const me = someUser();
  // A frozen worker's open polls still receive tasks until the server times out each poll.
  const tuning = { segmentsInFlight: 2, segment: { ...FAST.segment, maximumAttempts: 12 } };
  let undisturbed = '';
  const body = bodyOf(CSV);

  const launch = (name: string) => launchWorker(programs, service, name, { DATASETS_MODULE: COMPUTED_ORDERS });
  const segmentsOf = (jobId: string): Promise<SegmentRow[]> =>
    queryRows<SegmentRow>(
      service.databaseUrl,
      'SELECT segment, attempt, rows FROM export_segments WHERE job_id = $1 ORDER BY segment',
      [jobId],
    );
  /** The committed segments, once there are at least two and others are still pending. */
  const inTheMiddle = (jobId: string): Promise<SegmentRow[]> =>
    until(`the middle of ${jobId}`, async () => {
      const segments = await segmentsOf(jobId);
      const done = segments.filter(({ rows }) => rows !== null);
      if (segments.length > 0) assert.ok(done.length < segments.length, 'the export was too quick to be disturbed');
      return done.length >= 2 && done;
    });

  before(async () => {
    programs = await stackBeside();
    const datasets = [...(await loadDatasets(COMPUTED_ORDERS)).values()];
    service = await startService({ orders: ROWS, singleTenant: true, tuning, datasets });
    // Workbooks and PDFs contain the time of planning.
    await planAt(service, '2026-11-22T10:11:12.345Z');
    // ../export-csv/equals-copy.test.ts checks the undisturbed export.
    const select = `SELECT ${PLAIN_COLUMNS.join(', ')} FROM orders ORDER BY id`;
    undisturbed = sha256(await copyOf({ databaseUrl: service.databaseUrl, select }));
  });
  after(async () => {
    await programs.stop();
    await service.close();
  });

  it('can be killed midway: another continues, and the file is identical', async () => {
    const jobId = await survives(body);
    assert.equal(sha256(await download(service, me, jobId)), undisturbed);
  });

  // ../export-csv/sorted.test.ts sorts undisturbed exports in both directions.
  for (const [sort, direction] of [
    ...(LONG ? [['customer_id', 'ASC'] as const] : []),
    ['-customer_id', 'DESC'] as const,
  ]) {
    it(`can be killed midway through an export sorted by ${sort}, with ties: the file equals ORDER BY`, async () => {
      const jobId = await survives({ ...body, sort });
      const order = `ORDER BY customer_id ${direction}, id ${direction}`;
      const select = `SELECT ${PLAIN_COLUMNS.join(', ')} FROM orders ${order}`;
      const reference = { databaseUrl: service.databaseUrl, select };
      const file = await download(service, me, jobId);
      assert.equal(sha256(file), sha256(await copyOf(reference)), 'COPY');
      const byPsql = await psqlCopyOf(reference);
      if (byPsql !== null) assert.equal(sha256(file), sha256(byPsql), 'psql');
    });
  }

  for (const kind of OTHERS) {
    it(`can be killed midway: ${kind.format} by the ${kind.lane} lane, compression ${kind.compression}`, async () => {
      const worker = await launch('worker-undisturbed');
      const jobId = await postExport(service, me, bodyOf(kind));
      await untilEnded(service, me, jobId, 'COMPLETED', 90_000);
      await worker.stop();
      await assertSameFile(service, me, await survives(bodyOf(kind)), jobId);
    });
  }

  /** Creates an export, kills its worker midway, and lets another worker complete it. @returns its id */
  async function survives(request: object): Promise<string> {
    const first = await launch('worker-killed');
    const jobId = await postExport(service, me, request);
    const before = await inTheMiddle(jobId);
    await first.kill();
    const second = await launch('worker-next');
    assert.equal((await untilEnded(service, me, jobId, 'COMPLETED', 90_000)).row_count, ROWS);
    await second.stop();

    const after = await segmentsOf(jobId);
    const ranAgain = before.filter(({ segment, attempt }) => after[segment]?.attempt !== attempt);
    assert.deepEqual(ranAgain, [], 'a finished segment ran twice');
    assert.deepEqual(await leftovers(service), []);
    return jobId;
  }

  it('can freeze past the heartbeat timeout and thaw after others have done the work', async () => {
    const frozen = await launch('worker-frozen');
    const jobId = await postExport(service, me, body);
    await inTheMiddle(jobId);
    const { pid } = frozen;
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGSTOP');
    try {
      const other = await launch('worker-other');
      await untilEnded(service, me, jobId, 'COMPLETED', 90_000);
      process.kill(pid, 'SIGCONT');
      // Give the thawed worker time to try to harm the file.
      await until('the thawed worker is idle', async () => (await leftovers(service)).length === 0);
      await other.stop();
    } finally {
      process.kill(pid, 'SIGCONT');
      await frozen.stop();
    }
    assert.equal(sha256(await download(service, me, jobId)), undisturbed);
  });
});
