import assert from 'node:assert/strict';
import { CONTOSO, NORTHWIND } from '../../dev/sample-data/tenants.js';
import { DEFAULT_TUNING } from '../../shared/temporal/tuning.js';
import { LONG, describeDeeply } from '../support/depth.js';
import { postExport, untilEnded } from '../support/exports.js';
import { queryRows } from '../support/database.js';
import { closeCleanly } from '../support/leak-guard.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { rowOf } from '../workflows/support.js';
import { createSlowOrders, like, Many, WITH_SLOW_ORDERS } from './slow-orders.js';

const FEW_ROWS = 1000;

/**
 * One worker; segments sleep in PostgreSQL: 30 of them keep its two readers busy for a quarter of a minute without using CPU.
 */
const QUICK = {
  orders: 7200,
  exports: 6,
  type: 'slow_orders',
  times: 2,
  dataSlots: 2,
  tuning: { maxSegmentRows: 1000, segmentsInFlight: 5 },
};
/** A million rows for each of fifty exports, which are canceled once the other tenant has its files. */
const REAL = {
  orders: 1_430_000,
  exports: 50,
  type: 'orders',
  times: 8,
  dataSlots: 2,
  tuning: DEFAULT_TUNING,
};
const SIZE = LONG ? REAL : QUICK;

describeDeeply('a tenant with many exports', function () {
  this.timeout(LONG ? 900_000 : 60_000);
  let service: TestService;

  before(async () => {
    service = await startService({ ...SIZE, datasets: [...WITH_SLOW_ORDERS, like('few_orders')] });
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE few_orders AS SELECT * FROM orders WHERE tenant_id = '${CONTOSO.id}' LIMIT ${FEW_ROWS};
       ALTER TABLE few_orders ADD PRIMARY KEY (id)`,
    );
    await createSlowOrders(service);
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  /** Milliseconds from the request to COMPLETED for a small export by another tenant. */
  async function fewRows(): Promise<number> {
    const user = { ...someUser(), tenantId: CONTOSO.id };
    const jobId = await postExport(service, user, { type: 'few_orders' });
    await untilEnded(service, user, jobId, 'COMPLETED', 120_000);
    const { created_at: from, completed_at: to, row_count: rows } = await rowOf(service, jobId);
    assert.equal(rows, FEW_ROWS);
    return Number(to) - Number(from);
  }

  it("does not delay another tenant's small export until its own are done", async () => {
    await fewRows();
    const alone = Math.min(await fewRows(), await fewRows());

    const many = await Many.of(service, NORTHWIND.id, SIZE);
    await many.untilPlanned();
    const { left: before } = await many.segments();
    const delays: number[] = [];
    for (let n = 0; n < SIZE.times; n += 1) delays.push((await fewRows()) - alone);
    // In order of arrival, the small export would have waited for nearly everything in the queue.
    const { left: after } = await many.segments();
    assert.ok(after > 0 && after >= before / 4, `${before} segments were left before, ${after} after`);

    // The duration depends on the machine, so it is only printed, for docs/scaling.md.
    console.log(`      ${alone} ms alone; beside ${many.length} exports, delayed by ${delays.join(', ')} ms`);
    await many.cancel();
  });
});
