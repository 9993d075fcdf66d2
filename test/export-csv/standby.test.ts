import assert from 'node:assert/strict';
import { BUILT_IN_DATASETS, defineDataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { queryRows } from '../support/database.js';
import { describeDeeply } from '../support/depth.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { ordersView } from '../support/orders-view.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { startPair, type Pair } from '../support/standby.js';
import { assertSameFile, segmentsOf } from '../workflows/support.js';

const { columns, key, tenantColumn } = orders;
const slow = defineDataset({ name: 'slow', title: 'Orders', table: 'slow', key, tenantColumn, columns });
const ROWS = 2000;
const body = { type: 'slow', columns: Object.keys(columns) };

describeDeeply('a hot standby as the source database', function () {
  this.timeout(120_000);
  let pair: Pair;
  let service: TestService;
  const me = someUser();
  const onStandby = <T extends Record<string, unknown>>(sql: string): Promise<T[]> =>
    queryRows<T>(pair.onStandby(service.databaseUrl), sql);

  before(async () => {
    pair = await startPair();
    service = await startService({
      stackEnv: pair.env,
      orders: ROWS,
      singleTenant: true,
      datasets: [...BUILT_IN_DATASETS, slow],
    });
    // A query that takes a second, with a snapshot that the primary doesn't know of. No plan samples these rows.
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE seen AS SELECT FROM generate_series(1, 1000);
       CREATE FUNCTION slowly(id bigint, note text) RETURNS text LANGUAGE plpgsql STABLE AS $$
         BEGIN
           IF id BETWEEN 900 AND 1100 THEN PERFORM pg_sleep(0.005); END IF;
           RETURN note;
         END $$;
       ${ordersView('slow', 'slowly(id, note)')}`,
    );
    await pair.caughtUp();
    await service.startWorker();
  });
  after(async () => {
    await closeCleanly(service);
    await pair.stop();
  });

  async function untilItReads(): Promise<void> {
    await until('a query that sleeps', async () => {
      const rows = await onStandby(`SELECT FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event = 'PgSleep'`);
      return rows.length > 0;
    });
  }
  const conflictsOf = async (kind: string): Promise<number> => {
    const [row] = await onStandby<{ n: string }>(
      `SELECT confl_${kind} AS n FROM pg_stat_database_conflicts WHERE datname = current_database()`,
    );
    return Number(row?.n);
  };

  const CONFLICTS = [
    {
      kind: 'snapshot',
      what: 'rows that it may still see are vacuumed away on the primary',
      onPrimary: ['DELETE FROM seen', 'VACUUM seen'],
    },
    {
      kind: 'lock',
      what: 'its table is changed on the primary',
      onPrimary: ['ALTER TABLE orders ADD COLUMN IF NOT EXISTS later integer'],
    },
  ];
  for (const { kind, what, onPrimary } of CONFLICTS) {
    it(`cancels a query when ${what}: it is retried, and the file is the same`, async () => {
      const undisturbed = await postExport(service, me, body);
      await untilEnded(service, me, undisturbed);
      const before = await conflictsOf(kind);

      const jobId = await postExport(service, me, body);
      await untilItReads();
      for (const sql of onPrimary) await queryRows(service.databaseUrl, sql);
      await until('a conflict', async () => (await conflictsOf(kind)) > before);
      assert.equal((await untilEnded(service, me, jobId)).row_count, ROWS);
      assert.ok(((await segmentsOf(service, jobId))[0]?.attempt ?? 0) >= 2);
      await assertSameFile(service, me, jobId, undisturbed);
    });
  }
});
