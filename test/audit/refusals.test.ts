import assert from 'node:assert/strict';
import { assertProblem } from '../api/problems.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { eventsOf } from './events.js';

describe('the audit log of refused requests', function () {
  this.timeout(60_000);
  let service: TestService;

  before(async () => {
    service = await startService({ orders: 10 });
  });
  after(() => service.close());

  it('has one event a minute for each user, code and operation', async () => {
    const body = { type: 'orders', format: 'csv' };
    const [user, other] = [someUser(), someUser()];
    const refuse = async (path: string, as = user) => {
      assertProblem(await service.ask('POST', path, { as: { ...as, scopes: ['exports:read'] }, body }), 'FORBIDDEN');
    };
    const minute = () => Math.floor(Date.now() / 60_000);
    const first = minute();
    for (let n = 0; n < 10; n++) await refuse('/v1/exports');
    const minutes = minute() - first + 1;
    await refuse('/v1/schedules');
    await refuse('/v1/exports', { ...other, tenantId: user.tenantId });

    const operations = (await eventsOf(service, user)).map(({ details }) => details.operation);
    const ofExports = operations.filter((operation) => operation === 'POST /v1/exports').length;
    assert.ok(ofExports >= 1 && ofExports <= minutes, `${ofExports} events in ${minutes} minutes`);
    assert.equal(operations.filter((operation) => operation === 'POST /v1/schedules').length, 1);
    assert.equal((await eventsOf(service, { ...other, tenantId: user.tenantId })).length, 1);
  });
});
