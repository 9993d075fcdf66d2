import assert from 'node:assert/strict';
import { CONTOSO, NORTHWIND } from '../../dev/sample-data/tenants.js';
import { BUILT_IN_DATASETS, defineDataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import type { JobRow } from '../../shared/infrastructure/job-row.js';
import { JobStore } from '../../shared/infrastructure/job-store.js';
import { DEFAULT_TUNING } from '../../shared/tuning.js';
import { LONG, describeDeeply } from '../support/depth.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { queryRows } from '../support/database.js';
import { closeCleanly } from '../support/leak-guard.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { cancel, rowOf } from '../workflows/support.js';

const { columns, key, tenantColumn } = orders;
const like = (name: string) => defineDataset({ ...{ name, title: 'Orders', table: name, key, tenantColumn, columns } });
const DATASETS = [...BUILT_IN_DATASETS, like('few_orders'), like('slow_orders')];

const FEW_ROWS = 1000;

/** By one worker; segments sleep in PostgreSQL: 30 of them are half a minute of its two readers, and no CPU. */
const QUICK = {
  orders: 7200,
  exports: 6,
  type: 'slow_orders',
  times: 2,
  dataSlots: 2,
  tuning: { maxSegmentRows: 1000, segmentsInFlight: 5 },
};
/** A million rows for each of fifty exports, which are cancelled when the other tenant has its files. */
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
    service = await startService({ ...SIZE, datasets: DATASETS });
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE few_orders AS SELECT * FROM orders WHERE tenant_id = '${CONTOSO.id}' LIMIT ${FEW_ROWS};
       ALTER TABLE few_orders ADD PRIMARY KEY (id);
       CREATE FUNCTION nap(id bigint, note text) RETURNS text LANGUAGE plpgsql STABLE AS $$
         BEGIN IF id % 100 = 0 THEN PERFORM pg_sleep(0.12); END IF; RETURN note; END $$;
       CREATE VIEW slow_orders AS SELECT ${Object.keys(columns)
         .map((name) => (name === 'note' ? 'nap(id, note) AS note' : name))
         .join(', ')} FROM orders`,
    );
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  /** Milliseconds from the request to COMPLETED of an export of few rows, by another tenant. */
  async function fewRows(): Promise<number> {
    const user = { ...someUser(), tenantId: CONTOSO.id };
    const jobId = await postExport(service, user, { type: 'few_orders' });
    await untilEnded(service, user, jobId, 'COMPLETED', 120_000);
    const { created_at: from, completed_at: to, row_count: rows } = await rowOf(service, jobId);
    assert.equal(rows, FEW_ROWS);
    return Number(to) - Number(from);
  }

  const rowsOf = (many: readonly { readonly jobId: string }[]): Promise<JobRow[]> =>
    Promise.all(many.map(({ jobId }) => rowOf(service, jobId)));
  const isActive = ({ status }: JobRow): boolean => JobStore.isActive(status);

  /** Segments of these exports that are still to be made. */
  async function segmentsLeft(many: readonly { readonly jobId: string }[]): Promise<number> {
    const [left] = await queryRows<{ segments: number }>(
      service.databaseUrl,
      `SELECT count(*)::integer AS segments FROM export_segments s JOIN export_jobs j USING (job_id)
       WHERE job_id = ANY($1) AND rows IS NULL AND j.status = 'PROCESSING'`,
      [many.map(({ jobId }) => jobId)],
    );
    return left?.segments ?? 0;
  }

  it("does not have another's few rows wait until its own are done", async () => {
    await fewRows();
    const alone = Math.min(await fewRows(), await fewRows());

    const users = Array.from({ length: SIZE.exports / 2 }, () => ({ ...someUser(), tenantId: NORTHWIND.id }));
    const many = await Promise.all(
      users.flatMap((user) =>
        [1, 2].map(async () => ({ user, jobId: await postExport(service, user, { type: SIZE.type }) })),
      ),
    );
    // Being admitted is work for the processor, of which fifty at once leave nothing to anybody on a small machine.
    await until('all are planned', async () => (await rowsOf(many)).every(({ total_rows }) => total_rows), 60_000);
    const before = await segmentsLeft(many);
    const delays: number[] = [];
    for (let n = 0; n < SIZE.times; n += 1) delays.push((await fewRows()) - alone);
    // In the order in which they came, the few would have waited for all that was queued: nearly everything.
    const after = await segmentsLeft(many);
    assert.ok(after > 0 && after >= before / 4, `${before} segments were left before, ${after} after`);

    // How long it takes depends on the machine: a figure, for docs/scaling.md.
    console.log(`      alone ${alone} ms, beside ${many.length} exports later by ${delays.join(', ')} ms`);
    await Promise.all(many.map(({ user, jobId }) => cancel(service, user, jobId)));
    await until('the end of the many', async () => !(await rowsOf(many)).some(isActive), 120_000);
  });
});
