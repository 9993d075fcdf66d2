import assert from 'node:assert/strict';
import { BUILT_IN_DATASETS, defineDataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { ERRORS, isErrorCode, sentenceOf, type ErrorCode } from '../../shared/errors.js';
import { operatorsReason } from '../support/failures.js';
import { attemptsAfterTheFirst } from '../support/history.js';
import { queryRows } from '../support/database.js';
import { describeDeeply } from '../support/depth.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { ordersView } from '../support/orders-view.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { segmentsOf } from '../workflows/support.js';

const { columns, key, tenantColumn } = orders;
const moody = defineDataset({ name: 'moody', title: 'Orders', table: 'moody', key, tenantColumn, columns });
const ROWS = 2000;

/** `mood` makes queries wait or fail when they read rows in the middle, which no plan samples. */
describeDeeply('a source database', () => {
  let service: TestService;
  const me = someUser();
  const mood = (sql: string): Promise<unknown> => queryRows(service.databaseUrl, `UPDATE mood SET sql = '${sql}'`);

  before(async () => {
    service = await startService({
      orders: ROWS,
      singleTenant: true,
      datasets: [...BUILT_IN_DATASETS, moody],
      env: { SOURCE_STATEMENT_TIMEOUT: '1s' },
    });
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE mood (sql text); INSERT INTO mood VALUES ('');
       CREATE FUNCTION moods(id bigint, note text) RETURNS text LANGUAGE plpgsql STABLE AS $$
         DECLARE what text := (SELECT sql FROM mood);
         BEGIN
           IF id = 1000 AND what = 'wait' THEN PERFORM pg_sleep(60); END IF;
           IF id = 1000 AND what <> '' THEN
             RAISE EXCEPTION 'canceling statement due to conflict with recovery' USING ERRCODE = what;
           END IF;
           RETURN note;
         END $$;
       ${ordersView('moody', 'moods(id, note)')}`,
    );
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  // Recovery conflicts: 40001: the primary vacuumed rows; 40P01: recovery needs a lock; 57P01: the connection was
  // closed for either.
  for (const code of ['40001', '40P01', '57P01']) {
    it(`can be a standby that cancels a query for its recovery (${code}): the query is retried`, async () => {
      await mood(code);
      const jobId = await postExport(service, me, { type: 'moody' });
      await until('a second attempt', async () => ((await segmentsOf(service, jobId))[0]?.attempt ?? 0) >= 2);
      await mood('');
      assert.equal((await untilEnded(service, me, jobId)).row_count, ROWS);
    });
  }

  it('ends an export if a query takes longer than SOURCE_STATEMENT_TIMEOUT', async () => {
    await mood('wait');
    const jobId = await postExport(service, me, { type: 'moody' });
    const { error_code, error_message } = await untilEnded(service, me, jobId, 'FAILED');
    assert.equal(error_code, 'SOURCE_UNAVAILABLE');
    assert.equal(error_message, sentenceOf('SOURCE_UNAVAILABLE'));
    assert.match(await operatorsReason(service, jobId), /canceling statement due to statement timeout/);
  });

  /** SQLSTATEs by the error code of the export, the retryable one last. */
  const outcomes = {
    SOURCE_FORBIDDEN: ['42501'],
    DATASET_UNAVAILABLE: ['42P01', '42703', '22012', '22P02', '25006', '54000', '55000', 'P0001', 'ABC12'],
    SOURCE_UNAVAILABLE: ['28P01', '3D000', '53300', '55P03', '58030', '72000', 'HV000', 'XX000'],
  } as const satisfies Partial<Record<ErrorCode, readonly string[]>>;
  for (const [code, sqlstates] of Object.entries(outcomes)) {
    assert.ok(isErrorCode(code));
    const { retryable } = ERRORS[code];
    for (const sqlstate of sqlstates) {
      it(`ends an export with ${code} if it returns ${sqlstate}, ${retryable ? 'after all attempts' : 'immediately'}`, async () => {
        await mood(sqlstate);
        const jobId = await postExport(service, me, { type: 'moody' });
        const { error_code, error_message } = await untilEnded(service, me, jobId, 'FAILED');
        assert.deepEqual([error_code, error_message], [code, sentenceOf(code)]);
        assert.match(await operatorsReason(service, jobId), /canceling statement due to conflict with recovery/);
        assert.equal((await attemptsAfterTheFirst(service, jobId)).length > 0, retryable);
      });
    }
  }
});
