import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInbox } from '../../dev/inbox/inbox.js';
import { ServiceError } from '../../shared/errors.js';
import type { Mail } from '../../shared/mails/mailer.js';
import { mailText } from '../../shared/mails/index.js';
import { freePort } from '../dev/free-port.js';
import { DONE } from './facts.js';
import { sendBy } from './send.js';

const send = (url: string, change: Partial<Mail> = {}): Promise<void> =>
  sendBy({ RESEND_API_KEY: 're_s3cret', RESEND_BASE_URL: url }, { change });

describe('mails by Resend', () => {
  it('arrive once however often they are sent, even if the job has changed since', async () => {
    const inbox = createInbox(await freePort());
    await inbox.start();
    try {
      await send(inbox.url);
      await send(inbox.url);
      await send(inbox.url, mailText('completed', { ...DONE, link: null }));
      const kept = (await (await fetch(`${inbox.url}/api/messages`)).json()) as unknown[];
      assert.equal(kept.length, 1);
    } finally {
      await inbox.stop();
    }
  });

  // https://resend.com/docs/api-reference/errors
  for (const [status, name, code] of [
    [422, 'validation_error', 'MAIL_REFUSED'],
    [422, 'missing_required_field', 'MAIL_REFUSED'],
    [401, 'missing_api_key', 'MAIL_UNAVAILABLE'],
    [403, 'invalid_api_key', 'MAIL_UNAVAILABLE'],
    [409, 'concurrent_idempotent_requests', 'MAIL_UNAVAILABLE'],
    [429, 'daily_quota_exceeded', 'MAIL_UNAVAILABLE'],
    [500, 'internal_server_error', 'MAIL_UNAVAILABLE'],
  ] as const) {
    it(`fail with ${code} after ${status} ${name}`, async () => {
      const server = createServer((_request, response) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ statusCode: status, name, message: 'The reason.' }));
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      try {
        await assert.rejects(send(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), (error) => {
          assert.ok(error instanceof ServiceError);
          assert.equal(error.code, code);
          assert.equal(error.message, `The mail provider answered ${name}: The reason.`);
          return true;
        });
      } finally {
        server.close();
        server.closeAllConnections();
      }
    });
  }

  it('are retried when nothing listens', async () => {
    await assert.rejects(send(`http://127.0.0.1:${await freePort()}`), { code: 'MAIL_UNAVAILABLE' });
  });
});
