import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { defineDataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';

const SLOW_TENANT = randomUUID();
const SLOW_SECONDS = 4;

describe('a slow permission check', () => {
  let service: TestService;
  before(async () => {
    const permission = `CASE current_setting('app.tenant_id')
      WHEN '${SLOW_TENANT}' THEN pg_sleep(${SLOW_SECONDS}) IS NOT NULL ELSE true END`;
    service = await startService({ orders: 100, datasets: [defineDataset({ ...orders, permission, computed: {} })] });
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  it("for many users of one tenant leaves connections for other tenants' requests", async () => {
    const body = { type: 'orders', format: 'csv' };
    const post = (as = someUser()) => service.ask('POST', '/v1/exports/estimate', { as, body });
    const slow = Array.from({ length: 6 }, () => post({ ...someUser(), tenantId: SLOW_TENANT }));
    const since = performance.now();
    assert.equal((await post()).status, 200);
    // Without a share per tenant, it would have waited for one of their connections.
    assert(performance.now() - since < SLOW_SECONDS * 1000 - 1000, 'it waited for the other tenant');
    await Promise.all(slow);
  });
});
