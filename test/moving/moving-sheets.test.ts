import assert from 'node:assert/strict';
import XLSX from 'xlsx';
import { exportFile } from '../export-csv/compare.js';
import { queryRows } from '../support/database.js';
import { describeDeeply } from '../support/depth.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { segmentsOf } from '../workflows/support.js';
import { createMoving, moving } from './churn.js';

/** Even ids from 2 in segments of 20 rows, three per sheet: ids up to 120, and up to 200. */
const ROWS = 100;
const SHEET_ROWS = 60;
const FILL = `INSERT INTO moving (id, note) SELECT 2 * i, 'x' FROM generate_series(1, ${ROWS}) AS i`;
const evens = (first: number, last: number): number[] =>
  Array.from({ length: (last - first) / 2 + 1 }, (_, index) => first + 2 * index);

describeDeeply('sheets whose rows are deleted or inserted between planning and reading', () => {
  let service: TestService;
  const me = someUser();

  before(async () => {
    service = await startService({ orders: 100, datasets: [moving], tuning: { maxSegmentRows: 20 } });
    await createMoving(service.databaseUrl, me.tenantId, ROWS);
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  /** The ids on each sheet, and the number of attempts of each segment. */
  async function exported(meanwhile: string) {
    await queryRows(service.databaseUrl, `TRUNCATE moving; ${FILL}`);
    await queryRows(
      service.databaseUrl,
      `CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${meanwhile}; RETURN NEW; END $$;
       CREATE TRIGGER meddle AFTER UPDATE OF plan ON export_jobs FOR EACH ROW
         WHEN (NEW.plan IS NOT NULL AND OLD.plan IS NULL) EXECUTE FUNCTION meddle()`,
    );
    const body = { type: 'moving', format: 'xlsx', columns: ['id'], options: { sheet_rows: SHEET_ROWS } };
    const { bytes, jobId, rows } = await exportFile(service, me, body);
    await queryRows(service.databaseUrl, 'DROP FUNCTION meddle CASCADE');
    const book = XLSX.read(bytes, { dense: true });
    const sheets = book.SheetNames.map((name) => {
      const sheet = book.Sheets[name];
      assert(sheet !== undefined);
      const [heading, ...ids] = XLSX.utils.sheet_to_json<[unknown]>(sheet, { header: 1 }).map(([id]) => id);
      assert.equal(heading, 'id');
      return ids;
    });
    assert.equal(rows, sheets.flat().length);
    return { sheets, attempts: (await segmentsOf(service, jobId)).map(({ attempt }) => attempt) };
  }

  it('contain the remaining rows; later segments of the same sheet are redone', async () => {
    const { sheets, attempts } = await exported('DELETE FROM moving WHERE id IN (6, 8)');
    assert.deepEqual(sheets, [[2, 4, ...evens(10, 120)], evens(122, 200)]);
    assert.deepEqual(attempts, [1, 2, 2, 1, 1]);
  });

  it('contain the inserted rows', async () => {
    const { sheets, attempts } = await exported(`INSERT INTO moving (id, note) VALUES (1, 'x'), (41, 'x'), (199, 'x')`);
    assert.deepEqual(sheets, [
      [1, ...evens(2, 40), 41, ...evens(42, 120)],
      [...evens(122, 198), 199, 200],
    ]);
    assert.deepEqual(attempts, [1, 2, 2, 1, 1]);
  });

  it('keep their heading when all rows are deleted', async () => {
    const { sheets } = await exported('DELETE FROM moving');
    assert.deepEqual(sheets, [[], []]);
  });
});
