import assert from 'node:assert/strict';
import { CONTOSO, FABRIKAM } from '../../dev/sample-data/tenants.js';
import { describeDeeply } from '../support/depth.js';
import { until } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, type TestService } from '../support/service.js';
import { createSlowOrders, Many, WITH_SLOW_ORDERS } from './slow-orders.js';

/** Each tenant has about 120 segments of 100 rows, with up to 40 queued at a time. */
const EXPORTS = { exports: 2, type: 'slow_orders' };

describeDeeply('a tenant with a weight of 3 in TENANT_WEIGHTS', function () {
  this.timeout(180_000);
  let service: TestService;

  before(async () => {
    service = await startService({
      orders: 40_000,
      datasets: WITH_SLOW_ORDERS,
      dataSlots: 1,
      tuning: { maxSegmentRows: 100, segmentsInFlight: 20 },
      env: { TENANT_WEIGHTS: `${CONTOSO.id}=3` },
    });
    await createSlowOrders(service);
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  it('gets about three times as many segments done as a tenant with a weight of 1 and equal demand', async () => {
    const both = await Promise.all([CONTOSO, FABRIKAM].map(({ id }) => Many.of(service, id, EXPORTS)));
    for (const many of both) await many.untilPlanned();
    const before = await Promise.all(both.map((many) => many.segments()));
    const made = await until(
      'forty segments',
      async () => {
        const now = await Promise.all(both.map((many) => many.segments()));
        const more = now.map(({ done }, index) => done - (before[index]?.done ?? 0));
        return more.reduce((sum, done) => sum + done) >= 40 && more;
      },
      90_000,
    );
    const left = (await Promise.all(both.map((many) => many.segments()))).map((segments) => segments.left);
    await Promise.all(both.map((many) => many.cancel()));
    assert.ok(Math.min(...left) > 40, `both always had segments to do: ${left.join(' and ')} are left`);
    const [weighted = 0, other = 0] = made;
    assert.ok(weighted >= 2 * other && weighted <= 4.5 * other, `${weighted} segments to ${other}`);
  });
});
