import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '../../shared/errors.js';
import { sendBy, type How } from './send.js';
import { startStallingServer } from './stalling-server.js';

const WITHIN_MS = 600;
/** A margin for a busy machine. Without this limit, a hanging send takes at least 8 s, the SMTP connection timeout. */
const AT_MOST_MS = WITHIN_MS + 5000;

type Behavior = (socket: Socket) => void;

/** Sends a text, and then a little more every 50 ms. */
const dripping =
  (begin: string, more = '2'): Behavior =>
  (socket) => {
    socket.write(begin);
    const timer = setInterval(() => socket.write(more), 50);
    socket.on('close', () => {
      clearInterval(timer);
    });
  };

/** Sends its responses in order, then goes silent. */
const answering =
  (...answers: readonly string[]): Behavior =>
  (socket) => {
    const left = [...answers];
    const next = (): void => {
      const answer = left.shift();
      if (answer !== undefined) socket.write(`${answer}\r\n`);
    };
    next();
    socket.on('data', next);
  };
const DIALOG = ['220 mail.example ESMTP', '250 mail.example', '250 OK', '250 OK', '354 Go on'];

const MAIL_SERVERS: readonly (readonly [string, Behavior])[] = [
  ['says nothing', () => undefined],
  ['never finishes its greeting', dripping('220-')],
  ['greets without end', dripping('', '220-Welcome\r\n')],
  ...['greeting', 'EHLO', 'MAIL FROM', 'RCPT TO', 'DATA'].map(
    (stage, index) => [`stalls after ${stage}`, answering(...DIALOG.slice(0, index + 1))] as const,
  ),
  [
    'answers the mail a byte at a time',
    (socket) => {
      answering(...DIALOG)(socket);
      socket.on('data', (data: Buffer) => {
        if (data.includes('\r\n.\r\n')) dripping('')(socket);
      });
    },
  ],
];

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const RESEND_SERVERS: readonly (readonly [string, Behavior])[] = [
  ['says nothing', () => undefined],
  ['sends its headers a byte at a time', dripping(`${OK}x: `)],
  ['sends its answer a byte at a time', dripping(`${OK}Content-Length: 900\r\n\r\n`)],
  ['sends its rejection a byte at a time', dripping('HTTP/1.1 422 No\r\nContent-Length: 900\r\n\r\n')],
];

type Config = Parameters<typeof sendBy>[0];
const PROVIDERS = [
  { name: 'SMTP', config: (port: number) => ({ SMTP_URL: `smtp://127.0.0.1:${port}` }), servers: MAIL_SERVERS },
  {
    name: 'SMTP over TLS',
    config: (port: number) => ({ SMTP_URL: `smtps://127.0.0.1:${port}` }),
    servers: MAIL_SERVERS.slice(0, 1),
  },
  {
    name: 'Resend',
    config: (port: number) => ({ RESEND_API_KEY: 're_s3cret', RESEND_BASE_URL: `http://127.0.0.1:${port}` }),
    servers: RESEND_SERVERS,
  },
];

for (const { name, config, servers } of PROVIDERS) {
  describe(`a mail by ${name}, whose provider`, () => {
    const canceled = new AbortController();
    const reason = new Error('canceled');
    /** All of them at once, because each takes until its time limit. */
    const sendToAll = (how: How): Map<string, Promise<unknown>> =>
      new Map(servers.map(([what, behave]) => [what, sendTo(behave, config, how)]));
    let late: Map<string, Promise<unknown>>;
    let aborted: Map<string, Promise<unknown>>;
    before(async () => {
      late = sendToAll({ withinMs: WITHIN_MS });
      aborted = sendToAll({ signal: canceled.signal });
      await sleep(100);
      canceled.abort(reason);
    });
    after(() => Promise.allSettled([...late.values(), ...aborted.values()]));

    for (const [what] of servers) {
      it(`${what}, fails within its time limit, and closes its connection`, async () => {
        const error = await late.get(what);
        assert.ok(error instanceof ServiceError, String(error));
        assert.equal(error.code, 'MAIL_UNAVAILABLE');
        assert.match(error.message, /within 0\.6 s/);
      }).timeout(3 * AT_MOST_MS);

      it(`${what}, is aborted with the activity, with the same reason`, async () => {
        assert.equal(await aborted.get(what), reason);
      }).timeout(3 * AT_MOST_MS);
    }
  });
}

/** The error of a mail to a stalling server, once its connection is closed; or why that took too long. */
async function sendTo(behave: Behavior, config: (port: number) => Config, how: How): Promise<unknown> {
  const server = await startStallingServer(behave);
  try {
    const error = await outcome(sendBy(config(server.port), how));
    await inTime(server.untilLeft());
    return error;
  } catch (error) {
    return error;
  } finally {
    await server.close();
  }
}

/** Fails if the work takes too long. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = sleep(AT_MOST_MS, undefined, { ref: false }).then(() => assert.fail('it hangs'));
  return Promise.race([work, late]);
}

function outcome(sending: Promise<void>): Promise<unknown> {
  const failed = sending.then(
    () => 'it was sent',
    (error: unknown) => error,
  );
  return inTime(failed);
}
