import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { exportFile } from '../export-csv/compare.js';
import { queryRows } from '../support/database.js';
import { DEEP, deeply } from '../support/depth.js';
import { readJob } from '../support/exports.js';
import { TEXT_FORMATS } from '../support/formats.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { createMoving, moving } from './churn.js';

/** Number of rows. Their ids are even, from 2 to 200; a segment has 20 rows: ids up to 40, up to 80, … */
const ROWS = 100;
const FILL = `INSERT INTO moving (id, note) SELECT 2 * i, 'x' FROM generate_series(1, ${ROWS}) AS i`;

const COMPRESSIONS = DEEP ? ['none', 'gzip'] : ['none'];

const PLANNED = 'UPDATE OF plan ON export_jobs FOR EACH ROW WHEN (NEW.plan IS NOT NULL AND OLD.plan IS NULL)';
const SENT_BACK = 'UPDATE ON export_segments FOR EACH ROW WHEN (OLD.rows IS NOT NULL AND NEW.rows IS NULL)';

describe('an export whose table changes between planning and reading', () => {
  let service: TestService;
  const me = someUser();

  before(async () => {
    const tuning = { maxSegmentRows: 20 };
    service = await startService({ orders: 100, datasets: [moving], tuning });
    await createMoving(service.databaseUrl, me.tenantId, ROWS);
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  const run = (sql: string): Promise<unknown> => queryRows(service.databaseUrl, sql);
  let meddlers = 0;
  /** Changes the table within the transaction of an event. */
  async function on(event: string, what: string): Promise<void> {
    const name = `meddle_${meddlers++}`;
    await run(`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${what}; RETURN NEW; END $$;
      CREATE TRIGGER ${name} AFTER ${event} EXECUTE FUNCTION ${name}()`);
  }
  beforeEach(() => run(`TRUNCATE moving; ${FILL}`));
  afterEach(async () => {
    for (; meddlers > 0; meddlers--) await run(`DROP FUNCTION meddle_${meddlers - 1} CASCADE`);
  });

  /** Parses the ids in a file with a single column. */
  async function idsOf(format: string, bytes: Buffer): Promise<number[]> {
    if (format === 'PARQUET') {
      const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer, compressors });
      return rows.map(({ id }) => Number(id));
    }
    const text = bytes.toString();

    if (format === 'JSON') return (JSON.parse(text) as { id: number }[]).map(({ id }) => id);
    const lines = text.split('\n').slice(0, -1);
    if (format === 'CSV' || format === 'TSV') return lines.slice(1).map(Number);
    return lines.map((line) => (JSON.parse(line) as { id: number }).id);
  }
  async function exported(format: string, compression: string): Promise<number[]> {
    const { bytes, jobId, rows } = await exportFile(service, me, {
      type: 'moving',
      format,
      columns: ['id'],
      options: { compression },
    });
    const isZipped = compression === 'gzip' && format !== 'PARQUET';
    const ids = await idsOf(format, isZipped ? gunzipSync(bytes) : bytes);
    assert.equal(ids.length, rows);
    const { rows_exported: counted, progress } = await readJob(service, me, jobId);
    assert.deepEqual([counted, progress], [rows, 100]);
    return ids;
  }
  const evens = (first: number, last: number): number[] =>
    Array.from({ length: (last - first) / 2 + 1 }, (_, index) => first + 2 * index);

  for (const format of DEEP ? [...TEXT_FORMATS, 'PARQUET'] : ['JSON']) {
    for (const compression of COMPRESSIONS) {
      describe(`as ${format}, compression ${compression},`, () => {
        it('has no rows if all were deleted', async () => {
          await on(PLANNED, 'DELETE FROM moving');
          assert.deepEqual(await exported(format, compression), []);
        });

        it('has the rows that were inserted into an empty table', async () => {
          await run('TRUNCATE moving');
          await on(PLANNED, FILL);
          assert.deepEqual(await exported(format, compression), evens(2, 200));
        });
      });
    }
  }

  deeply('as Parquet, has the remaining rows if those of some segments are deleted', async () => {
    await on(PLANNED, 'DELETE FROM moving WHERE id BETWEEN 41 AND 120 OR id = 200');
    assert.deepEqual(await exported('PARQUET', 'snappy'), [...evens(2, 40), ...evens(122, 198)]);
  });

  for (const compression of COMPRESSIONS) {
    describe(`as JSON, compression ${compression}, whose first row has no leading comma,`, () => {
      it('has the remaining rows if those of the first segment, and of the next two as each becomes the first, are deleted', async () => {
        await on(PLANNED, 'DELETE FROM moving WHERE id <= 40');
        await on(SENT_BACK, 'IF NEW.segment < 3 THEN DELETE FROM moving WHERE id <= NEW.upper[1]::int; END IF');
        assert.deepEqual(await exported('JSON', compression), evens(122, 200));
      });

      it('omits the deleted rows of the first segment if they are reinserted after it was read', async () => {
        await on(PLANNED, 'DELETE FROM moving WHERE id <= 40');
        await on(SENT_BACK, `${FILL} ON CONFLICT DO NOTHING`);
        assert.deepEqual(await exported('JSON', compression), evens(42, 200));
      });
    });
  }
});
