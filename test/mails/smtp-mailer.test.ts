import assert from 'node:assert/strict';
import { ServiceError } from '../../shared/errors.js';
import type { Mail } from '../../shared/mails/mailer.js';
import { freePort } from '../dev/free-port.js';
import { MAIL, sendBy } from './send.js';
import { answer, startMailServer, type MailServer } from './smtp.js';

const send = (url: string, change: Partial<Mail> = {}): Promise<void> => sendBy({ SMTP_URL: url }, { change });

async function failureOf(sending: Promise<unknown>): Promise<ServiceError> {
  const error: unknown = await sending.then(
    () => assert.fail('it was sent'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ServiceError, String(error));
  assert.doesNotMatch(error.message, /s3cret|p%40ss|czNjcmV0/);
  return error;
}

describe('mails by SMTP', () => {
  const servers: MailServer[] = [];
  async function serve(hooks: Parameters<typeof startMailServer>[0] = {}): Promise<MailServer & { url: string }> {
    const server = await startMailServer(hooks);
    servers.push(server);
    return { ...server, url: `smtp://127.0.0.1:${server.port}` };
  }
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  it('arrive as text and HTML, and every attempt has the same Message-ID: job and event at the domain of EMAIL_FROM', async () => {
    const { url, mails } = await serve();
    await send(url);
    await send(url);
    assert.deepEqual(
      mails.map(({ messageId }) => messageId),
      Array(2).fill('<notification.1.completed@example.org>'),
    );
    const [{ from, to, subject, text, html, headers } = assert.fail()] = mails;
    assert.deepEqual([from?.name, from?.address, to?.[0]?.address], ['Exports', 'exports@example.org', MAIL.to]);
    assert.equal(subject, MAIL.subject);
    assert.equal(text?.trimEnd(), MAIL.text.trimEnd());
    assert.equal(html?.trimEnd(), MAIL.html.trimEnd());
    assert.equal(headers.find(({ key }) => key === 'auto-submitted')?.value, 'auto-generated');
  });

  it('keep a subject in any script', async () => {
    const { url, mails } = await serve();
    const subject = 'Your Zamówienia «受注» 🧾 <b>export</b> is ready';
    await send(url, { subject });
    assert.equal(mails[0]?.subject, subject);
  });

  for (const [what, hooks] of [
    [
      'a recipient',
      {
        onRcptTo: (_to, _session, done) => {
          done(answer(550, 'No such user'));
        },
      },
    ],
    [
      'a sender',
      {
        onMailFrom: (_from, _session, done) => {
          done(answer(553, 'Not yours'));
        },
      },
    ],
    ['a text', { taken: () => Promise.reject(answer(554, 'Spam')) }],
  ] satisfies readonly (readonly [string, Parameters<typeof startMailServer>[0]])[]) {
    it(`are not retried when ${what} is rejected permanently`, async () => {
      const { url } = await serve(hooks);
      const { code, message } = await failureOf(send(url));
      assert.equal(code, 'MAIL_REFUSED');
      assert.match(message, /^The mail server 127\.0\.0\.1 refused the mail: .*(No such user|Not yours|Spam)/);
    });
  }

  for (const [what, hooks] of [
    [
      'grey-lists',
      {
        onRcptTo: (_to, _session, done) => {
          done(answer(451, 'Try again later'));
        },
      },
    ],
    ['is full', { taken: () => Promise.reject(answer(452, 'Try again later')) }],
    [
      'refuses the connection with 554',
      {
        onConnect: (_session, done) => {
          done(answer(554, 'Try again later'));
        },
      },
    ],
    ['wants a login', { authOptional: false, allowInsecureAuth: true }],
  ] satisfies readonly (readonly [string, Parameters<typeof startMailServer>[0]])[]) {
    it(`are retried when the server ${what}`, async () => {
      const { url } = await serve(hooks);
      assert.equal((await failureOf(send(url))).code, 'MAIL_UNAVAILABLE');
    });
  }

  it('are retried when nothing listens', async () => {
    const { code, message } = await failureOf(send(`smtp://user:s3cret@127.0.0.1:${await freePort()}`));
    assert.equal(code, 'MAIL_UNAVAILABLE');
    assert.match(message, /^The mail server 127\.0\.0\.1 isn't accepting mail: .*ECONNREFUSED/);
  });

  it('log in with the user and password of the URL, and never reveal them in errors', async () => {
    const seen: unknown[] = [];
    const { port } = await serve({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) => {
        seen.push([username, password]);
        done(password === 'p@ss' ? null : new Error('Wrong password'), { user: username });
      },
    });
    await send(`smtp://ana%40example.com:p%40ss@127.0.0.1:${port}`);
    assert.equal((await failureOf(send(`smtp://ana:s3cret@127.0.0.1:${port}`))).code, 'MAIL_UNAVAILABLE');
    assert.deepEqual(seen[0], ['ana@example.com', 'p@ss']);
  });

  it('are not sent to a server with an untrusted certificate, by STARTTLS or by TLS', async () => {
    const starttls = await serve({ hideSTARTTLS: false });
    const tls = await serve({ secure: true });
    for (const url of [starttls.url, `smtps://127.0.0.1:${tls.port}`]) {
      const { code, message } = await failureOf(send(url));
      assert.equal(code, 'MAIL_UNAVAILABLE');
      assert.match(message, /certificate/);
    }
    assert.deepEqual([...starttls.mails, ...tls.mails], []);
  });
});
