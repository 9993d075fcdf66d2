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

  it('names the user whom a refused request was about as its subject', async () => {
    const caller = someUser();
    const as = { ...caller, scopes: ['exports:read', 'exports:write'] };
    const request = { type: 'orders', format: 'csv' };
    const owner = { ...caller, userId: 'user_1' };
    const saved = await service.ask('POST', '/v1/saved-exports', {
      as: owner,
      body: { name: 'x', shared: true, request },
    });
    const { saved_export_id: id } = saved.json as { saved_export_id: string };
    for (const [subject, method, path, body] of [
      ['user_1', 'DELETE', `/v1/saved-exports/${id}`, undefined],
      ['user_2', 'POST', '/v1/exports', { ...request, on_behalf_of: 'user_2' }],
      ['user_3', 'GET', '/v1/exports?on_behalf_of=user_3', undefined],
      [
        'user_4',
        'POST',
        '/v1/schedules',
        { name: 'x', cron: '@daily', request: { ...request, on_behalf_of: 'user_4' } },
      ],
      ['user_5', 'DELETE', '/v1/users/user_5/exports', undefined],
      [caller.userId, 'GET', '/v1/audit', undefined],
    ] as const) {
      const answer = await service.ask(method, path, { as, ...(body === undefined ? {} : { body }) });
      assert.equal(answer.status, 403, answer.text);
      const events = await eventsOf(service, { ...caller, userId: subject }, 'action=export.refused');
      assert.deepEqual(
        events.map(({ actor, details }) => [actor, details.operation]),
        [
          [
            caller.userId,
            `${method} ${path.replace(/\?.*/, '').replace(id, ':saved_export_id').replace('user_5', ':user_id')}`,
          ],
        ],
      );
    }
  });
});
