import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { defineDataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';

const SLOW_TENANT = randomUUID();
/** While the test holds it, checks of the slow tenant wait. */
const LOCK = 4711;

describe('a slow permission check', () => {
  let service: TestService;
  before(async () => {
    const permission = `CASE current_setting('app.tenant_id')
      WHEN '${SLOW_TENANT}' THEN pg_advisory_xact_lock_shared(${LOCK}) IS NOT NULL ELSE true END`;
    service = await startService({ orders: 100, datasets: [defineDataset({ ...orders, permission, computed: {} })] });
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  it("for many users of one tenant leaves connections for other tenants' requests", async () => {
    const body = { type: 'orders', format: 'csv' };
    const post = (as = someUser()) => service.ask('POST', '/v1/exports/estimate', { as, body });
    const holder = new pg.Client({ connectionString: service.databaseUrl });
    await holder.connect();
    try {
      await holder.query('SELECT pg_advisory_lock($1)', [LOCK]);
      let ended = 0;
      const slow = Array.from({ length: 6 }, async () => {
        await post({ ...someUser(), tenantId: SLOW_TENANT });
        ended++;
      });
      // Without a limit per tenant, this request would wait for a connection that the slow checks hold.
      assert.equal((await post()).status, 200);
      assert.equal(ended, 0);
      await holder.query('SELECT pg_advisory_unlock($1)', [LOCK]);
      await Promise.all(slow);
    } finally {
      await holder.end();
    }
  });
});
