import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Principal } from '../../api/deps.js';
import { signToken } from '../../api/access/sign-token.js';
import { assertProblem } from '../api/problems.js';
import { someone, startApi } from '../api/support.js';
import { postExport, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { JWT_SECRET, startService, someUser, type TestService } from '../support/service.js';
import { queryRows } from '../support/database.js';
import { someReader, temporal } from '../workflows/support.js';
import { keyNamed } from './raw-payloads.js';

const payloadsSchema = z.object({
  payloads: z.array(z.object({ metadata: z.record(z.string(), z.string()), data: z.string() })),
});
const toBase64 = (text: string): string => Buffer.from(text).toString('base64');
const PLAIN = { metadata: { encoding: toBase64('json/plain') }, data: toBase64('{"email":"alice@example.com"}') };
const OPERATOR = { ...someone(), scopes: ['operator:decode'] };

describe('the codec server', () => {
  let service: TestService;

  before(async () => {
    service = await startService({ orders: 100, env: { PAYLOAD_KEY: keyNamed('2026-11') } });
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  const post = (way: string, payloads: unknown, as: Principal = OPERATOR) =>
    service.ask('POST', `/temporal-codec/${way}`, { as, body: { payloads } });

  it('shows operators what Temporal stores encrypted, through the official CLI', async () => {
    const user = someReader();
    const jobId = await postExport(service, user);
    await untilEnded(service, user, jobId);
    await queryRows(service.databaseUrl, 'ALTER TABLE orders RENAME TO orders_of_yore');
    const failed = await postExport(service, user);
    await untilEnded(service, user, failed, 'FAILED');
    await queryRows(service.databaseUrl, 'ALTER TABLE orders_of_yore RENAME TO orders');

    /** The history as JSON, with its payloads decoded. */
    const show = async (id: string, ...args: string[]): Promise<string> => {
      const json = await temporal(service, 'workflow', 'show', '-w', `export/${id}`, '--output', 'json', ...args);
      const payloads = [...json.matchAll(/"data": "([^"]+)"/g)].map(([, data = '']) => Buffer.from(data, 'base64'));
      return [json, ...payloads].join('\n');
    };
    const token = await signToken(JWT_SECRET, { ...OPERATOR, ttlSeconds: 600 });
    const decoded = ['--codec-endpoint', `${service.url}/temporal-codec`, '--codec-auth', `Bearer ${token}`];
    assert.ok(!(await show(jobId)).includes(user.email));
    assert.ok((await show(jobId, ...decoded)).includes(user.email));
    assert.ok(!(await show(failed)).includes('no table or view orders'));
    assert.ok((await show(failed, ...decoded)).includes('no table or view orders'));
  });

  it('encodes payloads for an operator, and decodes them again', async () => {
    const encoded = await post('encode', [PLAIN, PLAIN]);
    assert.equal(encoded.status, 200, encoded.text);
    const { payloads } = payloadsSchema.parse(encoded.json);
    assert.equal(payloads.length, 2);
    assert.ok(!encoded.text.includes(PLAIN.data));
    const decoded = await post('decode', [...payloads, PLAIN]);
    assert.deepEqual(decoded.json, { payloads: [PLAIN, PLAIN, PLAIN] });
  });

  it('requires operator:decode: the admin of one tenant must not read payloads of another', async () => {
    assertProblem(await service.ask('POST', '/temporal-codec/decode', { body: { payloads: [] } }), 'UNAUTHENTICATED');
    for (const as of [someUser(), { ...someUser(), scopes: ['exports:read', 'exports:write', 'exports:admin'] }]) {
      assertProblem(await post('decode', [PLAIN], as), 'FORBIDDEN');
      assertProblem(await post('encode', [PLAIN], as), 'FORBIDDEN');
    }
  });

  it('names the missing key', async () => {
    const metadata = { encoding: toBase64('binary/encrypted'), 'encryption-key-id': toBase64('2020-01') };
    const { text } = await post('decode', [{ metadata, data: toBase64(randomUUID()) }]);
    assert.match(text, /key \\"2020-01\\": add that key to PAYLOAD_KEY/);
  });

  it('rejects invalid payloads, and bodies of more than 6 MB', async () => {
    assertProblem(await post('decode', 'x'), 'VALIDATION_FAILED');
    assertProblem(await post('decode', [{ metadata: { encoding: 'ä' } }]), 'VALIDATION_FAILED');
    assert.equal((await post('decode', [{ ...PLAIN, data: toBase64('x'.repeat(2_000_000)) }])).status, 200);
    assertProblem(await post('decode', [{ ...PLAIN, data: toBase64('x'.repeat(6_000_000)) }]), 'BODY_TOO_LARGE');
  });
});

describe('the path of the codec server', () => {
  it('does not exist without PAYLOAD_KEY', async () => {
    const api = await startApi();
    const answer = await api.ask('POST', '/temporal-codec/decode', { as: OPERATOR, body: { payloads: [] } });
    await api.close();
    assertProblem(answer, 'NOT_FOUND');
  });

  it("allows requests from Temporal's Web UI if CORS_ORIGINS names it", async () => {
    const origin = 'https://temporal.example.com';
    const api = await startApi({ settings: { corsOrigins: [origin] } });
    const wanted = 'authorization,content-type,x-namespace';
    const { status, headers } = await api.ask('OPTIONS', '/temporal-codec/decode', {
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': wanted,
      },
    });
    await api.close();
    assert.equal(status, 204);
    assert.equal(headers.get('access-control-allow-origin'), origin);
    const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(',') ?? [];
    for (const name of wanted.split(',')) assert.ok(allowed.includes(name), name);
  });
});
