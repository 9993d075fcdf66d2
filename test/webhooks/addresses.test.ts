import assert from 'node:assert/strict';
import { ServiceError } from '../../shared/errors.js';
import { BUILT_IN_DATASETS, createRegistry } from '../../shared/datasets/index.js';
import { createRequestSchema } from '../../shared/request/request-schema.js';
import { createWebhookSender, type SendWebhook } from '../../shared/webhooks/sender.js';
import { createAddressRule } from '../../shared/network/address-rule.js';
import { assertProblem, nameOf } from '../api/problems.js';
import { someone, startApi, type TestApi } from '../api/support.js';
import { answerWith, startReceiver, type Receiver } from './receiver.js';

/** Spellings of addresses of this machine, its network and a cloud's metadata service. */
const PRIVATE = [
  ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.0.0.1', '0177.0.0.1', '017700000001', '127.0.0.1.'],
  ...['①②⑦.0.0.1', '%31%32%37.0.0.1', '0.0.0.0', '0', '[::1]', '[::]', '[0:0:0:0:0:0:0:1]'],
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::127.0.0.1]', '[64:ff9b:1::7f00:1]'],
  ...['[2002:7f00:1::]', '[2001:0:7f00:1::]', '[fd00::1]', '[fe80::1]', '[fec0::1]', '[ff02::1]', '[fd00:ec2::254]'],
  ...['10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', '169.254.169.254', '168.63.129.16', '192.0.0.192'],
  ...['198.18.0.1', '224.0.0.1', '255.255.255.255'],
];
const NAMES = ['localhost', 'localhost.', 'LOCALHOST', 'a.localhost'];
const PUBLIC = ['1.1.1.1', '[2606:4700:4700::1111]', 'example.com', 'xn--bcher-kva.example', 'example.com.'];

describe('webhook addresses that are not public', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  const post = (url: unknown) => {
    const body = { type: 'orders', format: 'csv', columns: ['nothing'], notify: { webhook_url: url } };
    return api.ask('POST', '/v1/exports', { as: someone(), body });
  };
  // The unknown column keeps requests with a valid URL from starting an export.
  const pointersOf = async (url: unknown): Promise<string[]> =>
    assertProblem(await post(url), 'VALIDATION_FAILED')
      .errors?.map(nameOf)
      .filter((pointer) => pointer !== '/columns/0') ?? [];

  describe('are rejected by the API,', () => {
    for (const host of [...PRIVATE, ...NAMES]) {
      it(`if written as ${host}`, async () => {
        assert.deepEqual(await pointersOf(`https://${host}/hook`), ['/notify/webhook_url']);
      });
    }

    const WRONG: readonly (readonly [string, unknown])[] = [
      ['no scheme', 'example.com/hook'],
      ['an empty string', ''],
      ['a number', 7],
      ['unencrypted', 'http://example.com/hook'],
      ['another scheme', 'ftp://example.com/hook'],
      ['a file', 'file:///etc/passwd'],
      ['a user name', 'https://me@example.com/'],
      ['a password', 'https://:secret@example.com/'],
      ['a fragment', 'https://example.com/#a'],
      ['an empty fragment', 'https://example.com/#'],
      ['too long', `https://example.com/${'a'.repeat(2048)}`],
      ['too long once it is encoded', `https://example.com/${'ä'.repeat(400)}`],
    ];
    for (const [what, url] of WRONG) {
      it(`and so is a URL that is invalid: ${what}`, async () => {
        assert.deepEqual(await pointersOf(url), ['/notify/webhook_url']);
      });
    }
  });

  it('are told apart from public ones, which are accepted', async () => {
    for (const host of PUBLIC) assert.deepEqual(await pointersOf(`https://${host}/hook?a=b`), [], host);
  });

  it('are accepted if the operator allows their range, unencrypted too', async () => {
    const rule = createAddressRule(['127.0.0.0/8']);
    const requestSchema = createRequestSchema(createRegistry(BUILT_IN_DATASETS), rule);
    const local = await startApi({ requestSchema });
    const body = { type: 'orders', format: 'csv', columns: ['nothing'] };
    const pointers = async (url: string): Promise<string[] | undefined> => {
      const ask = { as: someone(), body: { ...body, notify: { webhook_url: url } } };
      const { errors } = assertProblem(await local.ask('POST', '/v1/exports', ask), 'VALIDATION_FAILED');
      return errors?.map(nameOf);
    };
    assert.deepEqual(await pointers('http://127.1:8080/hook'), ['/columns/0']);
    assert.deepEqual(await pointers('http://localhost:8080/hook'), ['/columns/0']);
    assert.deepEqual(await pointers('http://10.0.0.1/hook'), ['/columns/0', '/notify/webhook_url']);
    assert.deepEqual(await pointers('http://1.1.1.1/hook'), ['/columns/0', '/notify/webhook_url']);
    await local.close();
  });

  describe('are never connected to, even if the request was accepted:', () => {
    let receiver: Receiver;
    before(async () => {
      receiver = await startReceiver();
    });
    after(() => receiver.close());
    afterEach(() => {
      assert.equal(receiver.connections(), 0, 'the listener was reached');
    });

    const nowhere = createAddressRule([]);
    const codeOf = (send: SendWebhook, host: string, scheme = 'https'): Promise<string> =>
      send({
        url: `${scheme}://${host}:${receiver.port}/`,
        headers: {},
        body: '{}',
        timeoutMs: 5000,
        signal: new AbortController().signal,
      }).then(
        ({ status }) => String(status),
        (error: unknown) => (error instanceof ServiceError ? error.code : String(error)),
      );

    for (const host of [...PRIVATE, ...NAMES]) {
      it(`written as ${host}`, async () => {
        const send = createWebhookSender(nowhere);
        for (const scheme of ['http', 'https']) {
          const code = await codeOf(send, host, scheme);
          // Not every resolver knows these names.
          const expected = /localhost[.]|[.]localhost/.test(host)
            ? /^WEBHOOK_(REFUSED|UNAVAILABLE)$/
            : /^WEBHOOK_REFUSED$/;
          assert.match(code, expected, `${scheme}://${host}`);
        }
      });
    }

    // 127.0.0.2 stands in for the public internet, which these tests must not reach.
    const almost = createAddressRule(['127.0.0.2/32']);
    const resolver = (answers: readonly (readonly string[])[]) => {
      let asked = 0;
      const send = createWebhookSender(almost, () => Promise.resolve(answers[asked++] ?? []));
      return { send, asked: () => asked };
    };

    it('a name that was public a moment ago', async () => {
      const { send, asked } = resolver([['127.0.0.2'], ['127.0.0.1'], ['127.0.0.1']]);
      assert.equal(await codeOf(send, 'rebind.example', 'http'), 'WEBHOOK_UNAVAILABLE');
      assert.equal(asked(), 1, 'the connection must go to the address that was checked');
      assert.equal(await codeOf(send, 'rebind.example', 'http'), 'WEBHOOK_REFUSED');
      assert.equal(await codeOf(send, 'rebind.example', 'https'), 'WEBHOOK_REFUSED');
    });

    it('a name with both public and private addresses', async () => {
      const { send } = resolver([
        ['127.0.0.2', '127.0.0.1'],
        ['127.0.0.1', '127.0.0.2'],
      ]);
      for (const _ of [1, 2]) assert.equal(await codeOf(send, 'both.example', 'http'), 'WEBHOOK_UNAVAILABLE');
    });

    it('the target of a redirect from an allowed address', async () => {
      const front = await startReceiver(answerWith(307, { location: receiver.url }));
      const send = createWebhookSender(createAddressRule(['127.0.0.0/8']));
      const answer = await send({
        url: front.url,
        headers: {},
        body: '{}',
        timeoutMs: 1000,
        signal: new AbortController().signal,
      });
      assert.equal(answer.status, 307);
      assert.equal(front.received.length, 1);
      await front.close();
    });
  });

  it('are reached if the operator allows them, which proves that the receiver above was listening', async () => {
    const receiver = await startReceiver();
    const send = createWebhookSender(createAddressRule(['127.0.0.0/8']), () => Promise.resolve(['127.0.0.1']));
    const signal = new AbortController().signal;
    for (const host of ['127.0.0.1', '127.1', '[::ffff:127.0.0.1]', 'hook.example']) {
      const url = `http://${host}:${receiver.port}/`;
      assert.deepEqual(await send({ url, headers: {}, body: '{}', timeoutMs: 2000, signal }), {
        status: 204,
        retryAfterMs: null,
      });
    }
    assert.equal(receiver.received.length, 4);
    await receiver.close();
  });
});
