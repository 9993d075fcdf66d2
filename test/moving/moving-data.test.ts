import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { z } from 'zod';
import { describeDeeply } from '../support/depth.js';
import { download, readJob, postExport, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { FAST, startService, someUser, type TestService } from '../support/service.js';
import { Churn, type Changes, createMoving, moving, stays } from './churn.js';

/** `MOVING_ROWS=1000000` tests the size that the service is designed for. */
const ROWS = Number(process.env.MOVING_ROWS ?? 200_000);
const LIMIT_MS = 120_000;

const rowSchema = z.object({ id: z.number(), version: z.number(), note: z.string() });
type Row = z.infer<typeof rowSchema>;

function rowsOf(format: string, text: string): Row[] {
  if (format === 'JSON') return JSON.parse(text) as Row[];
  const [header, ...lines] = text.split('\n');
  assert.equal(header, 'id,version,note');
  assert.equal(lines.pop(), '', 'the last line has a line end');
  return lines.map((line) => {
    const [id, version, note = ''] = line.split(',');
    return { id: Number(id), version: Number(version), note };
  });
}

/** gunzip also checks gzip's CRC and length. */
const textOf = (bytes: Buffer, compression: string): string =>
  (compression === 'gzip' ? gunzipSync(bytes) : bytes).toString();

const parquetRows = async (bytes: Buffer): Promise<unknown[]> =>
  parquetReadObjects({ file: new Uint8Array(bytes).buffer, compressors });

describeDeeply('while about 1,000 rows a second are inserted, updated and deleted', function () {
  this.timeout(2 * LIMIT_MS);
  let service: TestService;
  const me = someUser();

  before(async () => {
    const segment = { ...FAST.segment, startToCloseMs: LIMIT_MS, heartbeatMs: 10_000 };
    const tuning = { maxSegmentRows: Math.ceil(ROWS / 24), segment };
    service = await startService({ orders: 100, datasets: [moving], tuning });
    await createMoving(service.databaseUrl, me.tenantId, ROWS);
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  it('every row that stays is in the file exactly once, and no row is duplicated', async () => {
    const churn = await Churn.start(service.databaseUrl, { rows: ROWS, perSecond: 1200 });
    let made: Changes | undefined;
    try {
      await Promise.all([check('CSV', 'none'), check('JSON', 'gzip'), check('PARQUET', 'snappy')]);
    } finally {
      made = await churn.stop();
    }
    console.log(`      ${made.changes} rows changed in ${made.seconds.toFixed(1)} s`);
    assert.ok(made.changes > 100);
  });

  async function check(format: string, compression: string): Promise<void> {
    const user = { ...someUser(), tenantId: me.tenantId };
    const jobId = await postExport(service, user, { type: 'moving', format, options: { compression } });
    const job = await untilEnded(service, user, jobId, 'COMPLETED', LIMIT_MS);
    const bytes = await download(service, user, jobId);
    const rows = format === 'PARQUET' ? await parquetRows(bytes) : rowsOf(format, textOf(bytes, compression));
    assert.equal(job.row_count, rows.length);
    assert.equal((await readJob(service, user, jobId)).rows_exported, rows.length);

    let before = 0;
    let staying = 0;
    for (const row of rows) {
      const { id, version, note } = rowSchema.parse(row);
      assert.ok(id > before, `${id} after ${before}`);
      assert.equal(note.trimEnd(), `${id}:${version}`);
      if (stays(id) && id <= 2 * ROWS) staying += 1;
      before = id;
    }
    assert.equal(staying, ROWS - Math.floor(ROWS / 4), 'rows that stay');
  }
});
