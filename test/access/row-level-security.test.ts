import assert from 'node:assert/strict';
import { NORTHWIND } from '../../dev/sample-data/tenants.js';
import { defineDataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { exportFile } from '../export-csv/compare.js';
import { queryRows } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';

/** A misconfigured tenant column that matches every tenant, so queries no longer restrict rows themselves. */
const unprotected = defineDataset({
  ...orders,
  name: 'unprotected',
  table: 'orders_of_anybody',
  tenantColumn: 'anybody',
  computed: {},
});

describe('row-level security, with an ineffective tenant condition', () => {
  const me = someUser();
  let all: number;
  let own: number;

  async function start(sourceUrl?: string): Promise<TestService> {
    const env: Record<string, string> = sourceUrl === undefined ? {} : { SOURCE_DATABASE_URL: sourceUrl };
    const service = await startService({ orders: 500, datasets: [orders, unprotected], env });
    await queryRows(
      service.databaseUrl,
      `CREATE VIEW orders_of_anybody WITH (security_invoker = true) AS
         SELECT *, current_setting('app.tenant_id') AS anybody FROM orders`,
    );
    await service.startWorker();
    return service;
  }
  const rowsOf = async (service: TestService, type: string, as = me): Promise<number> =>
    (await exportFile(service, as, { type, format: 'csv', columns: ['id'] })).rows;

  it("hides other tenants' rows from a read-only database user", async () => {
    const service = await start();
    const [counted] = await queryRows<{ all: number; own: number }>(
      service.databaseUrl,
      `SELECT count(*)::int AS all, count(*) FILTER (WHERE tenant_id = $1)::int AS own FROM orders`,
      [NORTHWIND.id],
    );
    ({ all, own } = counted ?? { all: NaN, own: NaN });
    assert.ok(own > 0 && own < all);
    assert.equal(await rowsOf(service, 'orders'), own);
    assert.equal(await rowsOf(service, 'unprotected'), own);
    for (const type of ['orders', 'unprotected']) {
      assert.equal(await rowsOf(service, type, { ...me, tenantId: 'no UUID' }), 0);
    }
    await closeCleanly(service);
  });

  deeply("doesn't apply to the table's owner, who sees all rows", async () => {
    const service = await start();
    const owners = await start(service.databaseUrl);
    assert.equal(await rowsOf(owners, 'orders'), own);
    assert.equal(await rowsOf(owners, 'unprotected'), all);
    await closeCleanly(owners);
    await closeCleanly(service);
  });
});
