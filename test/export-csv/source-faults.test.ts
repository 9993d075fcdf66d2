import assert from 'node:assert/strict';
import type { Principal } from '../../api/deps.js';
import { BUILT_IN_DATASETS, defineDataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { ERRORS, isErrorCode, sentenceOf, type ErrorCode } from '../../shared/errors.js';
import { operatorsReason } from '../support/failures.js';
import { attemptsAfterTheFirst } from '../support/history.js';
import { queryRows } from '../support/database.js';
import { describeDeeply } from '../support/depth.js';
import { postExport, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { ordersView } from '../support/orders-view.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { itTogether } from '../support/together.js';
import { segmentsOf } from '../workflows/support.js';

const { columns, key, tenantColumn } = orders;
const moody = defineDataset({ name: 'moody', title: 'Orders', table: 'moody', key, tenantColumn, columns });
const ROWS = 2000;
/** More attempts than an export makes. */
const ALWAYS = 1000;

/**
 * A user's row in `moods` makes the queries of the first `attempts` attempts wait or fail when they read rows in the
 * middle, which no plan samples.
 */
describeDeeply('a source database', () => {
  let service: TestService;

  before(async () => {
    service = await startService({
      orders: ROWS,
      singleTenant: true,
      datasets: [...BUILT_IN_DATASETS, moody],
      env: { SOURCE_STATEMENT_TIMEOUT: '1s' },
    });
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE moods (user_ref text PRIMARY KEY, sqlstate text NOT NULL, attempts integer NOT NULL);
       CREATE FUNCTION may_fail(id bigint, note text) RETURNS text LANGUAGE plpgsql STABLE AS $$
         DECLARE what text;
         BEGIN
           IF id <> 1000 THEN RETURN note; END IF;
           SELECT sqlstate INTO what FROM moods JOIN export_jobs USING (user_ref) JOIN export_segments USING (job_id)
             WHERE user_ref = current_setting('app.user_id') AND attempt <= attempts;
           IF what = 'wait' THEN PERFORM pg_sleep(60); END IF;
           IF what IS NOT NULL THEN
             RAISE EXCEPTION 'canceling statement due to conflict with recovery' USING ERRCODE = what;
           END IF;
           RETURN note;
         END $$;
       ${ordersView('moody', 'may_fail(id, note)')}`,
    );
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  interface Posted {
    readonly user: Principal;
    readonly jobId: string;
  }
  /** Creates an export that meets this SQLSTATE, or waits, in its first attempts. */
  async function postInMood(sqlstate: string, attempts: number): Promise<Posted> {
    const user = someUser();
    await queryRows(service.databaseUrl, 'INSERT INTO moods VALUES ($1, $2, $3)', [user.userId, sqlstate, attempts]);
    return { user, jobId: await postExport(service, user, { type: 'moody' }) };
  }
  /** @returns the export's id */
  async function assertFails(sqlstate: string, code: ErrorCode, reason: RegExp): Promise<string> {
    const { user, jobId } = await postInMood(sqlstate, ALWAYS);
    const { error_code, error_message } = await untilEnded(service, user, jobId, 'FAILED');
    assert.deepEqual([error_code, error_message], [code, sentenceOf(code)]);
    assert.match(await operatorsReason(service, jobId), reason);
    return jobId;
  }

  // Recovery conflicts: 40001: the primary vacuumed rows; 40P01: recovery needs a lock; 57P01: the connection was
  // closed for either.
  itTogether(['40001', '40P01', '57P01'], {
    title: (code) => `can be a standby that cancels a query for its recovery (${code}): the query is retried`,
    work: async (code) => {
      const { user, jobId } = await postInMood(code, 1);
      assert.equal((await untilEnded(service, user, jobId)).row_count, ROWS);
      assert.deepEqual(
        (await segmentsOf(service, jobId)).map(({ attempt }) => attempt),
        [2],
      );
    },
  });

  it('ends an export if a query takes longer than SOURCE_STATEMENT_TIMEOUT', async () => {
    await assertFails('wait', 'SOURCE_UNAVAILABLE', /canceling statement due to statement timeout/);
  });

  /** SQLSTATEs by the error code of the export, the retryable one last. */
  const outcomes = {
    SOURCE_FORBIDDEN: ['42501'],
    DATASET_UNAVAILABLE: ['42P01', '42703', '22012', '22P02', '25006', '54000', '55000', 'P0001', 'ABC12'],
    SOURCE_UNAVAILABLE: ['28P01', '3D000', '53300', '55P03', '58030', '72000', 'HV000', 'XX000'],
  } as const satisfies Partial<Record<ErrorCode, readonly string[]>>;
  const examples = Object.entries(outcomes).flatMap(([code, sqlstates]) => {
    assert.ok(isErrorCode(code));
    return sqlstates.map((sqlstate) => ({ code, sqlstate, retryable: ERRORS[code].retryable }));
  });
  itTogether(examples, {
    title: ({ code, sqlstate, retryable }) =>
      `ends an export with ${code} if it returns ${sqlstate}, ${retryable ? 'after all attempts' : 'immediately'}`,
    work: async ({ code, sqlstate, retryable }) => {
      const jobId = await assertFails(sqlstate, code, /canceling statement due to conflict with recovery/);
      assert.equal((await attemptsAfterTheFirst(service, jobId)).length > 0, retryable);
    },
  });
});
