import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '../../shared/errors.js';
import { createNameResolver, type ResolveName } from '../../shared/network/resolve-name.js';
import { createWebhookSender, type WebhookAnswer } from '../../shared/webhooks/sender.js';
import { createAddressRule } from '../../shared/network/address-rule.js';

const TIMEOUT_MS = 500;
/** Includes the second allowed for a response body, and a margin for a busy machine. A hanging delivery never ends. */
const AT_MOST_MS = TIMEOUT_MS + 1000 + 3000;

type Behavior = (socket: Socket) => void;

/** Sends a text repeatedly until the connection ends. */
const repeating =
  (begin: string, text: string, everyMs: number): Behavior =>
  (socket) => {
    socket.write(begin);
    const timer = setInterval(() => socket.write(text), everyMs);
    socket.on('close', () => {
      clearInterval(timer);
    });
  };
const saying =
  (text: string): Behavior =>
  (socket) => {
    socket.write(text);
  };

const SILENT = 'WEBHOOK_UNAVAILABLE: 127.0.0.1 did not answer within 0.5 s.';
const OK = 'HTTP/1.1 200 OK\r\n';

/** What a receiver does with a connection, and the delivery's outcome. */
const BEHAVIORS: readonly (readonly [string, Behavior, string | number | RegExp, string?])[] = [
  ['says nothing', () => undefined, SILENT],
  ['switches protocols', saying('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'), 101],
  ['switches protocols without naming one', saying('HTTP/1.1 101 Switching Protocols\r\n\r\n'), 101],
  ['switches protocols and keeps sending', repeating('HTTP/1.1 101 X\r\nUpgrade: x\r\n\r\n', 'more', 20), 101],
  ['sends 100 Continue now and then', repeating('', 'HTTP/1.1 100 Continue\r\n\r\n', 100), SILENT],
  ['sends 102 Processing without end', repeating('', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(99), 5), /informational/],
  ['sends headers without end', repeating(OK, 'x-more: 1\r\n', 50), SILENT],
  ['sends a header of a megabyte', saying(`${OK}x: ${'y'.repeat(1 << 20)}`), /was not valid HTTP/],
  ['stops in the middle of its status line', saying('HTTP/1.1 2'), SILENT],
  ['sends its status line a byte at a time', repeating('', 'H', 50), /was not valid HTTP|did not answer/],
  ['sends a body that stops', saying(`${OK}Content-Length: 10\r\n\r\n12`), 200],
  ['sends a body without end', repeating(`${OK}Transfer-Encoding: chunked\r\n\r\n`, '1\r\nx\r\n', 20), 200],
  ['sends a body as fast as it can', repeating(`${OK}\r\n`, 'x'.repeat(100_000), 1), 200],
  ['sends a response and keeps the connection open', saying(`${OK}Content-Length: 2\r\n\r\nok`), 200],
  ['closes its half of the connection', (socket) => socket.end(), /closed the connection/],
  [
    'closes its half in the middle of the response',
    (socket) => socket.end(`${OK}x-a: 1\r\n`),
    /closed the connection|not valid HTTP/,
  ],
  ['resets the connection', (socket) => socket.resetAndDestroy(), /closed the connection/],
  ['never answers the TLS handshake', () => undefined, SILENT, 'https'],
  ['stops in the middle of the TLS handshake', saying('\x16\x03\x03\x00\x7a'), SILENT, 'https'],
  ['does not speak TLS', saying(`${OK}\r\n`), /could not agree on a TLS connection/, 'https'],
];

describe('a delivery ends within its time limit, and so does its connection, when the receiver', () => {
  const open = new Set<Socket>();
  let server: Server;
  let port = 0;
  let behave: Behavior = () => undefined;

  before(async () => {
    // `allowHalfOpen`: the receiver doesn't close just because the sender did.
    server = createServer({ allowHalfOpen: true }, (socket) => {
      open.add(socket);
      socket.on('error', () => undefined).on('close', () => open.delete(socket));
      // A socket that is not read never emits `end`.
      socket.resume();
      behave(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    ({ port } = address);
  });
  after(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  afterEach(async () => {
    // The receiver keeps its half open, so only the sender can have closed these.
    const gone = (socket: Socket) =>
      new Promise((resolve) => {
        socket.once('end', resolve).once('close', resolve);
      });
    await Promise.all([...open].filter(({ readableEnded, destroyed }) => !readableEnded && !destroyed).map(gone));
    for (const socket of open) socket.destroy();
  });

  const rule = createAddressRule(['127.0.0.0/8']);
  async function outcome(scheme = 'http', signal = new AbortController().signal): Promise<string | number> {
    const send = createWebhookSender(rule);
    const request = { url: `${scheme}://127.0.0.1:${port}/`, headers: {}, body: '{}', timeoutMs: TIMEOUT_MS, signal };
    return resultOf(send(request));
  }

  for (const [what, behavior, expected, scheme] of BEHAVIORS) {
    it(`${what}${scheme === undefined ? '' : `, over ${scheme}`}`, async () => {
      behave = behavior;
      const startedAt = Date.now();
      const result = await Promise.race([outcome(scheme), sleep(AT_MOST_MS, 'it hangs', { ref: false })]);
      if (expected instanceof RegExp) assert.match(String(result), expected);
      else assert.equal(result, expected);
      assert.ok(Date.now() - startedAt < AT_MOST_MS);
    }).timeout(2 * AT_MOST_MS);
  }

  it('sends nothing and the activity is canceled: the cancellation reason is thrown', async () => {
    behave = () => undefined;
    const canceled = new AbortController();
    setTimeout(() => {
      canceled.abort(new Error('canceled'));
    }, 50);
    assert.equal(await outcome('http', canceled.signal), 'Error: canceled');
  });
});

async function resultOf(sent: Promise<WebhookAnswer>): Promise<string | number> {
  return sent.then(
    ({ status }) => status,
    (error: unknown) => (error instanceof ServiceError ? `${error.code}: ${error.message}` : String(error)),
  );
}

describe("a receiver's name", () => {
  const nobody = createAddressRule([]);
  const local = createAddressRule(['127.0.0.0/8']);
  const toName = (host: string, resolve: ResolveName, rule = local): Promise<string | number> =>
    resultOf(
      createWebhookSender(
        rule,
        resolve,
      )({
        url: `http://${host}:9/`,
        headers: {},
        body: '{}',
        timeoutMs: TIMEOUT_MS,
        signal: new AbortController().signal,
      }),
    );

  describe('when DNS never answers:', () => {
    const silent = createSocket('udp4');
    let servers: string[] = [];
    before(async () => {
      silent.bind(0, '127.0.0.1');
      await once(silent, 'listening');
      servers = [`127.0.0.1:${silent.address().port}`];
    });
    after(() => {
      silent.close();
    });

    it('the delivery ends within its time limit', async () => {
      const startedAt = Date.now();
      const result = await toName('hook.example', createNameResolver({ servers }));
      assert.equal(result, 'WEBHOOK_UNAVAILABLE: hook.example did not answer within 0.5 s.');
      assert.ok(Date.now() - startedAt < AT_MOST_MS);
    });

    it('the lookup has its own time limit', async () => {
      const resolve = createNameResolver({ servers, limitMs: 200 });
      assert.match(String(await toName('hook.example', resolve)), /The name hook\.example was not found/);
    });

    it('a hundred such lookups delay no other delivery', async () => {
      const resolve = createNameResolver({ hostsFile: '/dev/null', servers, limitMs: 2 * AT_MOST_MS });
      const over = new AbortController();
      let ended = 0;
      const stuck = Array.from({ length: 100 }, async () => {
        await assert.rejects(resolve('hook.example', over.signal));
        ended += 1;
      });
      assert.deepEqual(await resolve('localhost', over.signal), ['127.0.0.1', '::1']);
      assert.equal(ended, 0, 'it waited for none of them');
      over.abort();
      await Promise.all(stuck);
    });
  });

  it('is looked up in the hosts file, and its address is checked like any other', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'export-hosts-'));
    const hostsFile = join(folder, 'hosts');
    await writeFile(hostsFile, '# local\n127.0.0.1 localhost Hook.Internal # ours\n::1\tlocalhost\n');
    const resolve = createNameResolver({ hostsFile, servers: ['127.0.0.1:9'] });
    const { signal } = new AbortController();
    assert.deepEqual(await resolve('hook.internal.', signal), ['127.0.0.1']);
    assert.deepEqual(await resolve('localhost', signal), ['127.0.0.1', '::1']);
    assert.match(String(await toName('hook.internal', resolve)), /refused the connection/);
    assert.match(String(await toName('hook.internal', resolve, nobody)), /^WEBHOOK_REFUSED/);
    await rm(folder, { recursive: true });
  });

  it('is never looked up in DNS if it is below localhost', async () => {
    const resolve = createNameResolver({ hostsFile: '/nonexistent', servers: ['127.0.0.1:9'] });
    assert.deepEqual(await resolve('a.localhost', new AbortController().signal), ['127.0.0.1', '::1']);
  });
});
