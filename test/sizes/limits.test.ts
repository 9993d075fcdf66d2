import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Principal } from '../../api/deps.js';
import { fileKey } from '../../shared/store/keys.js';
import { exportFile } from '../export-csv/compare.js';
import { sentenceOf } from '../../shared/errors.js';
import { operatorsReason } from '../support/failures.js';
import { queryRows } from '../support/database.js';
import { download, postExport, until, untilEnded } from '../support/exports.js';
import { LONG, deeply, describeDeeply } from '../support/depth.js';
import { FAST, startService, someUser, type TestService } from '../support/service.js';
import { slotsOf } from '../workflows/support.js';
import datasets, { fillWideRows } from './wide-rows.js';

const PATIENCE_MS = 100_000;
const LIMIT = 150_000;
const HEADER = 'id,payload\n';

const untilFree = (service: TestService, user: Principal): Promise<boolean> =>
  until('a free slot', async () => Object.keys((await slotsOf(service, user))?.holders ?? {}).length === 0);

describe('MAX_BYTES, when rows that no sample sees are longer than the others,', () => {
  let service: TestService;
  const me = someUser();

  const inCsv = LIMIT - `${HEADER}1,\n`.length;
  const inJson = LIMIT - `[${JSON.stringify({ id: 3, payload: '' })}\n]\n`.length;
  const narrow = { rows: 700, width: 10 };

  before(async () => {
    service = await startService({ orders: 100, datasets, tuning: { maxBytes: LIMIT, maxSegmentRows: 300 } });
    await service.startWorker();
    const alone = [inCsv, inCsv + 1, inJson, inJson + 1].map((width) => ({ rows: 1, width }));
    const stretches = [
      ...alone,
      narrow,
      { rows: 20, width: 10_000 },
      narrow,
      { rows: 1, width: 100_000 },
      narrow,
      narrow,
    ];
    await fillWideRows(service.databaseUrl, me.tenantId, stretches);
  });
  after(() => service.close());

  const bodyOf = (first: number, last: number, format = 'csv', options: object = {}): object => ({
    type: 'wide_rows',
    format,
    columns: ['id', 'payload'],
    filters: { id: { gte: first, lte: last } },
    options: format === 'csv' ? { escape_formulas: false, ...options } : options,
  });
  async function assertRefused(body: object): Promise<void> {
    const jobId = await postExport(service, me, body);
    const {
      error_code: code,
      error_message: message,
      download_url: url,
    } = await untilEnded(service, me, jobId, 'FAILED');
    assert.equal(code, 'FILE_TOO_LARGE');
    assert.equal(message, `The file is larger than the limit of ${LIMIT} bytes.`);
    assert.equal(url ?? null, null);
    assert.equal(await service.deps.store.head(fileKey(me.userId, jobId, 'csv')), null);
    await untilFree(service, me);
  }

  deeply('ends an export as soon as its segments exceed it', () => assertRefused(bodyOf(5, 1424)));

  deeply('allows the same rows with compression if the file is small enough', async () => {
    const { bytes, rows } = await exportFile(service, me, bodyOf(5, 1424, 'csv', { compression: 'gzip' }));
    assert.equal(rows, 1420);
    assert.ok(bytes.length <= LIMIT);
  });

  it('allows a file of exactly that size, and not one byte more', async () => {
    assert.equal((await exportFile(service, me, bodyOf(1, 1))).bytes.length, LIMIT);
    await assertRefused(bodyOf(2, 2));
  });

  deeply('includes the bytes that the finish adds', async () => {
    assert.equal((await exportFile(service, me, bodyOf(3, 3, 'json'))).bytes.length, LIMIT);
    await assertRefused(bodyOf(4, 4, 'json'));
  });

  deeply("doesn't reject an export because its sample contained one long row", async () => {
    const { bytes, rows } = await exportFile(service, me, bodyOf(1425, 2825));
    assert.equal(rows, 1401);
    assert.ok(bytes.length > 100_000);
  });
});

describeDeeply('a segment that outgrows its part numbers', function () {
  this.timeout(2 * PATIENCE_MS);
  let service: TestService;

  before(async () => {
    // Rows of 30 MB delay heartbeats on a busy machine.
    const segment = { ...FAST.segment, startToCloseMs: PATIENCE_MS, heartbeatMs: 10_000 };
    service = await startService({ orders: 100, datasets, tuning: { segmentBytes: 2 ** 30, segment } });
    await service.startWorker();
    // As if the export had 3,333 segments: each then has a single part number per attempt.
    await queryRows(
      service.databaseUrl,
      `CREATE FUNCTION crowd() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN NEW.plan = jsonb_set(NEW.plan, '{segments}', '3333'); RETURN NEW; END $$;
       CREATE TRIGGER crowd BEFORE UPDATE OF plan ON export_jobs FOR EACH ROW
         WHEN (NEW.plan IS NOT NULL) EXECUTE FUNCTION crowd()`,
    );
  });
  after(() => service.close());

  async function start(rows: number): Promise<{ user: Principal; jobId: string }> {
    const user = { userId: randomUUID(), tenantId: randomUUID() };
    await fillWideRows(service.databaseUrl, user.tenantId, [{ rows, width: 30_000_000 }]);
    return { user, jobId: await postExport(service, user, { type: 'wide_rows' }) };
  }

  deeply('is planned again with headroom, once, and fits', async () => {
    const { user, jobId } = await start(1);
    assert.equal((await untilEnded(service, user, jobId, 'COMPLETED', PATIENCE_MS)).row_count, 1);
    assert.equal((await service.deps.plans.uploadState(jobId))?.generation, 2);
    assert.ok((await download(service, user, jobId)).length > 30_000_000);
  });

  if (!LONG) return;
  it('fails with a clear message if it outgrows the second plan, too, and frees its slot', async () => {
    const { user, jobId } = await start(3);
    const { error_code: code, error_message: message } = await untilEnded(service, user, jobId, 'FAILED', PATIENCE_MS);
    assert.equal(code, 'PLAN_OUTGROWN');
    const room = 64 * 1024 ** 2;
    assert.equal(message, sentenceOf('PLAN_OUTGROWN'));
    const reason = `Segment 0 of 3333 is larger than the ${room} bytes that its plan has part numbers for.`;
    assert.equal(await operatorsReason(service, jobId), reason);
    assert.equal((await service.deps.plans.uploadState(jobId))?.generation, 2);
    await untilFree(service, user);
  });
});
