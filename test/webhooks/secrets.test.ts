import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { webhookHeaders, webhookSecret } from '../../shared/webhooks/signature.js';
import { assertProblem } from '../api/problems.js';
import { someone, startApi, type TestApi } from '../api/support.js';
import type { Principal } from '../../api/deps.js';
import { queryRows } from '../support/database.js';
import { adminOf } from './support.js';

const KEY = 'a key of the tests that nobody else has';
const view = z.strictObject({
  secret: z.string().regex(/^whsec_[A-Za-z0-9+/]{43}=$/),
  rotated_at: z.iso.datetime().nullable(),
  replaced_still_signing: z.number(),
});

describe("a tenant's webhook secret", () => {
  let api: TestApi;
  before(async () => {
    api = await startApi({ settings: { webhookKey: KEY } });
  });
  after(() => api.close());

  const show = async (user: Principal) =>
    view.parse((await api.ask('GET', '/v1/webhooks/secret', { as: adminOf(user) })).json);
  const rotate = (user: Principal) => api.ask('POST', '/v1/webhooks/secret/rotate', { as: adminOf(user) });
  /** The secrets that currently sign messages to the tenant. */
  const signing = async ({ tenantId }: Principal): Promise<string[]> => {
    const { signing: versions } = await api.deps.webhooks.secretVersions(tenantId);
    return versions.map((version) => webhookSecret(KEY, { tenantId, version }));
  };
  const aDayPasses = (as: Principal) =>
    queryRows(
      api.databaseUrl,
      `UPDATE webhook_secret_versions SET created_at = created_at - interval '1 day' WHERE tenant_ref = $1`,
      [as.tenantId],
    );

  it('is stable and shared by its users; other tenants have different ones', async () => {
    const user = someone();
    const { secret, rotated_at, replaced_still_signing } = await show(user);
    assert.deepEqual([rotated_at, replaced_still_signing], [null, 0]);
    assert.equal((await show(user)).secret, secret);
    assert.equal((await show({ ...user, userId: randomUUID() })).secret, secret);
    assert.notEqual((await show(someone())).secret, secret);
  });

  it('is stored in neither the database nor the log', async () => {
    const user = someone();
    const { secret } = view.parse((await rotate(user)).json);
    const rows = await queryRows(api.databaseUrl, 'SELECT * FROM webhook_secret_versions');
    assert.ok(rows.length > 0);
    assert.ok(!JSON.stringify(rows).includes(secret.slice('whsec_'.length)));
    assert.ok(!JSON.stringify(api.logLines).includes(secret));
  });

  it('signs for a day after it is replaced, and no longer', async () => {
    const user = someone();
    const { secret: first } = await show(user);
    const { secret: second } = view.parse((await rotate(user)).json);
    assert.deepEqual(await signing(user), [second, first]);
    const { secret: third } = view.parse((await rotate(user)).json);
    assert.deepEqual(await signing(user), [third, second, first]);
    await aDayPasses(user);
    assert.deepEqual(await signing(user), [third]);
    assert.deepEqual((await show(user)).replaced_still_signing, 0);
  });

  it('can be rotated five times a day', async () => {
    const user = someone();
    for (const _ of [1, 2, 3, 4, 5]) assert.equal((await rotate(user)).status, 200);
    assertProblem(await rotate(user), 'ROTATED_TOO_OFTEN');
    assert.equal((await signing(user)).length, 6);
    await aDayPasses(user);
    assert.equal((await rotate(user)).status, 200);
  });

  it('can be rotated concurrently, and the previous one still signs', async () => {
    const user = someone();
    const { secret } = await show(user);
    const answers = await Promise.all([1, 2, 3].map(() => rotate(user)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    const valid = await signing(user);
    assert.ok(valid.includes(secret));
    for (const { json } of answers) assert.ok(valid.includes(view.parse(json).secret));
  });

  it('makes the same signatures as standardwebhooks', () => {
    const secret = webhookSecret(KEY, { tenantId: randomUUID(), version: 1 });
    const message = { id: 'msg_1', timestamp: Math.floor(Date.now() / 1000), body: '{"text":"Grüße 👋"}' };
    const headers = webhookHeaders([secret], message);
    const expected = new Webhook(secret).sign(message.id, new Date(message.timestamp * 1000), message.body);
    assert.equal(headers['webhook-signature'], expected);
  });

  it('is neither shown nor rotated without the scope exports:admin', async () => {
    const { userId, tenantId } = someone();
    const before = await show({ userId, tenantId });
    for (const as of [
      { userId, tenantId },
      { userId, tenantId, scopes: ['exports:read', 'exports:write'] },
    ]) {
      for (const [method, path] of [
        ['GET', '/v1/webhooks/secret'],
        ['POST', '/v1/webhooks/secret/rotate'],
      ] as const) {
        const { needed_scope: needed } = assertProblem(await api.ask(method, path, { as }), 'FORBIDDEN');
        assert.equal(needed, 'exports:admin');
      }
    }
    assert.deepEqual(await show({ userId, tenantId }), before);
  });

  it('requires a token', async () => {
    assertProblem(await api.ask('GET', '/v1/webhooks/secret'), 'UNAUTHENTICATED');
    assertProblem(await api.ask('POST', '/v1/webhooks/secret/rotate'), 'UNAUTHENTICATED');
  });
});
