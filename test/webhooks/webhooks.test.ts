import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { z } from 'zod';
import type { Principal } from '../../api/deps.js';
import { assertProblem } from '../api/problems.js';
import { deeply } from '../support/depth.js';
import { download, readJob, postExport, until, untilEnded } from '../support/exports.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { mailsTo, someReader, statusOf } from '../workflows/support.js';
import { answerWith, plainHeaders, startReceiver, type Received, type Receiver } from './receiver.js';
import { deliveriesOf, requestRedelivery, rotate, secretOf, untilTried } from './support.js';

const payload = z.strictObject({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.looseObject({ job_id: z.string(), status: z.string(), download_url: z.string().nullable() }),
});

describe('webhooks', () => {
  let service: TestService;
  let receiver: Receiver;
  const user = { ...someUser(), tenantId: randomUUID() };

  before(async () => {
    service = await startService({ env: { PUBLIC_URL: 'http://localhost' } });
    await service.startWorker();
  });
  after(() => service.close());
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(() => receiver.close());

  const post = (as: Principal = user): Promise<string> =>
    postExport(service, as, { notify: { webhook_url: receiver.url } });
  const nth = (index: number): Promise<Received> =>
    until(`message ${index}`, () => Promise.resolve(receiver.received[index]));

  it('report a completed export as the API shows it, and are verified by standardwebhooks', async () => {
    const jobId = await post();
    await untilEnded(service, user, jobId);
    const message = await nth(0);
    const secret = await secretOf(service, user);
    const body = payload.parse(new Webhook(secret).verify(message.body, plainHeaders(message)));
    assert.equal(body.type, 'export.completed');
    assert.deepEqual(body.data, await readJob(service, user, jobId));
    assert.match(body.data.download_url ?? '', /\/d\/[\w-]{72}$/);
    assert.doesNotMatch(message.body, /X-Amz|whsec_/);

    const [delivery, ...more] = await untilTried(service, user, jobId, 1);
    assert.deepEqual(more, []);
    const { status, http_status, attempt, error, host, event, webhook_id } = delivery ?? assert.fail();
    assert.deepEqual(
      { status, http_status, attempt, error, host, event, webhook_id },
      {
        status: 'DELIVERED',
        http_status: 204,
        attempt: 1,
        error: null,
        host: `127.0.0.1:${receiver.port}`,
        event: 'export.completed',
        webhook_id: message.headers['webhook-id'],
      },
    );
  });

  deeply('fail verification if they were altered, signed with another key or sent five minutes ago', async () => {
    await post();
    const message = await nth(0);
    const secret = await secretOf(service, user);
    const headers = plainHeaders(message);
    const fails = (key: string, body: string, change: Record<string, string> = {}): void => {
      assert.throws(() => new Webhook(key).verify(body, { ...headers, ...change }), WebhookVerificationError);
    };
    fails(secret, message.body.replace('export.completed', 'export.failed'));
    fails(secret, message.body, { 'webhook-id': 'msg_other' });
    const seconds = Number(headers['webhook-timestamp']);
    fails(secret, message.body, { 'webhook-timestamp': String(seconds + 1) });
    fails(await secretOf(service, { ...user, tenantId: randomUUID() }), message.body);
    const old = new Date((seconds - 301) * 1000);
    const signature = new Webhook(secret).sign('msg_1', old, message.body);
    const then = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(seconds - 301), 'webhook-signature': signature };
    fails(secret, message.body, then);
  });

  it('are retried until the receiver accepts them, with the same webhook-id', async () => {
    receiver.answer((response, index) => {
      response.writeHead(index === 0 ? 500 : 200).end();
    });
    const jobId = await post();
    const [first, second] = await untilTried(service, user, jobId, 2);
    assert.deepEqual([first?.status, first?.http_status, first?.attempt], ['FAILED', 500, 1]);
    assert.equal(first?.error, 'The receiver answered 500: it had an internal error.');
    assert.ok(first.next_attempt_at !== null);
    assert.deepEqual([second?.status, second?.attempt, second?.next_attempt_at], ['DELIVERED', 2, null]);
    assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 1);
    assert.equal(receiver.received.length, 2);
  });

  deeply('wait for as long as Retry-After says', async () => {
    receiver.answer((response, index) => {
      answerWith(index === 0 ? 429 : 200, index === 0 ? { 'retry-after': '2' } : {})(response, index);
    });
    const jobId = await post();
    await untilTried(service, user, jobId, 2);
    const [first, second] = receiver.received;
    assert.ok((second?.at ?? 0) - (first?.at ?? 0) >= 2000, 'it came too early');
  });

  it('follow no redirect', async () => {
    const elsewhere = await startReceiver();
    receiver.answer(answerWith(302, { location: elsewhere.url }));
    const jobId = await post();
    const tries = await untilTried(service, user, jobId, 5);
    assert.ok(tries.every(({ http_status: status }) => status === 302));
    assert.equal(tries[0]?.error, 'The receiver answered 302: redirects are not followed.');
    assert.equal(tries.at(-1)?.next_attempt_at, null);
    assert.equal(elsewhere.connections(), 0);
    await until('the end of the notification', async () => {
      return (await statusOf(service, `notification/${jobId}/completed`)) === 'FAILED';
    });
    await elsewhere.close();
  });

  deeply('fail if the receiver does not respond in time, without affecting the export', async () => {
    receiver.answer((response, index) => {
      if (index > 0) response.writeHead(200).end();
    });
    const jobId = await post();
    await untilEnded(service, user, jobId);
    const [first] = await untilTried(service, user, jobId, 2);
    assert.equal(first?.error, '127.0.0.1 did not answer within 1 s.');
    assert.equal(first.http_status, null);
    assert.ok((await download(service, user, jobId)).length > 0);
  });

  deeply('stop after a 410, for later exports too, until a requested delivery succeeds', async () => {
    receiver.answer(answerWith(410));
    const gone = await post();
    const [only] = await untilTried(service, user, gone, 1);
    assert.deepEqual([only?.http_status, only?.next_attempt_at], [410, null]);
    await until('the end of the notification', async () => {
      return (await statusOf(service, `notification/${gone}/completed`)) === 'COMPLETED';
    });
    receiver.answer(answerWith(200));
    const later = await post();
    const [unsent] = await untilTried(service, user, later, 1);
    assert.deepEqual([unsent?.status, unsent?.http_status], ['FAILED', null]);
    assert.match(unsent?.error ?? '', /answered 410 earlier/);
    assert.equal(receiver.received.length, 1);

    await requestRedelivery(service, user, later);
    const [, sent] = await untilTried(service, user, later, 2);
    assert.equal(sent?.status, 'DELIVERED');
    const next = await post();
    assert.equal((await untilTried(service, user, next, 1))[0]?.status, 'DELIVERED');
  });

  it('are sent again on request, with the same webhook-id and a new signature', async () => {
    const jobId = await post();
    await untilTried(service, user, jobId, 1);
    await requestRedelivery(service, user, jobId);
    const tries = await untilTried(service, user, jobId, 2);
    assert.deepEqual(
      tries.map(({ attempt, status }) => [attempt, status]),
      [
        [1, 'DELIVERED'],
        [2, 'DELIVERED'],
      ],
    );
    const [first, second] = receiver.received;
    assert.equal(second?.headers['webhook-id'], first?.headers['webhook-id']);
    new Webhook(await secretOf(service, user)).verify(second?.body ?? '', plainHeaders(second ?? assert.fail()));
  });

  deeply('are delivered in parallel with mail, and neither waits for the other', async () => {
    const reader = someReader();
    receiver.answer(answerWith(500));
    const jobId = await post(reader);
    await until('the mail', async () => (await mailsTo(reader)).length > 0);
    await untilTried(service, reader, jobId, 5);
    assert.equal((await mailsTo(reader)).length, 1);
  });

  it('are visible to their user only, and nobody else can repeat them', async () => {
    const jobId = await post();
    await untilTried(service, user, jobId, 1);
    for (const stranger of [someUser(), { ...user, tenantId: randomUUID() }, { ...user, userId: randomUUID() }]) {
      for (const method of ['GET', 'POST']) {
        const path = `/v1/exports/${jobId}/deliveries`;
        assertProblem(await service.ask(method, path, { as: stranger }), 'NOT_FOUND');
      }
    }
    assert.equal((await deliveriesOf(service, user, jobId)).length, 1);
    assert.equal(receiver.received.length, 1);
  });

  it('cannot be requested without a webhook, or before the export ends', async () => {
    const without = await postExport(service, user);
    await untilEnded(service, user, without);
    const path = `/v1/exports/${without}/deliveries`;
    assertProblem(await service.ask('POST', path, { as: user }), 'NO_WEBHOOK');
    assert.deepEqual(await deliveriesOf(service, user, without), []);
  });

  describe('during a rotation of their secret', () => {
    it('are signed with both the old and the new secret, so none is lost', async () => {
      const old = await secretOf(service, user);
      const { secret: fresh, replaced_still_signing: count } = await rotate(service, user);
      assert.notEqual(fresh, old);
      assert.equal(count, 1);
      assert.equal(await secretOf(service, user), fresh);
      const jobId = await post();
      const message = await nth(0);
      for (const secret of [old, fresh]) new Webhook(secret).verify(message.body, plainHeaders(message));
      assert.equal((await untilTried(service, user, jobId, 1)).length, 1);
    });
  });
});
