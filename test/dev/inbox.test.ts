import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Resend } from 'resend';
import { z } from 'zod';
import { createInbox, type Inbox } from '../../dev/inbox/inbox.js';
import { freePort } from './free-port.js';

const messagesSchema = z.array(
  z.object({ id: z.string(), to: z.array(z.string()), subject: z.string(), html: z.string().optional() }),
);

describe('inbox', () => {
  let inbox: Inbox;

  before(async () => {
    inbox = createInbox(await freePort());
    await inbox.start();
  });
  after(() => inbox.stop());
  beforeEach(async () => {
    await fetch(`${inbox.url}/api/messages`, { method: 'DELETE' });
  });

  const mail = { from: 'a@example.com', to: 'b@example.com', subject: 'Ready', text: 'Your file is ready.' };
  const post = (body: unknown, headers: Record<string, string> = { authorization: 'Bearer re_any' }) =>
    fetch(`${inbox.url}/emails`, { method: 'POST', body: JSON.stringify(body), headers });
  const messages = async () => {
    const response = await fetch(`${inbox.url}/api/messages`);
    return messagesSchema.parse(await response.json());
  };

  it("accepts a mail from Resend's own client", async () => {
    const resend = new Resend('re_any', { baseUrl: inbox.url });
    const { data, error } = await resend.emails.send({ ...mail, html: '<p>Ready</p>', replyTo: 'c@example.com' });
    assert.equal(error, null);
    const [message] = await messages();
    assert.equal(message?.id, data.id);
    assert.deepEqual(message.to, ['b@example.com']);
    assert.equal(message.html, '<p>Ready</p>');
  });

  it('stores one mail per idempotency key, and returns its id for both requests', async () => {
    const key = { authorization: 'Bearer re_any', 'idempotency-key': randomUUID() };
    const first: unknown = await (await post(mail, key)).json();
    const second: unknown = await (await post(mail, key)).json();
    assert.deepEqual(second, first);
    assert.equal((await messages()).length, 1);
  });

  it('rejects a different mail with the same key with 409', async () => {
    const key = { authorization: 'Bearer re_any', 'idempotency-key': randomUUID() };
    await post(mail, key);
    const response = await post({ ...mail, subject: 'Another' }, key);
    assert.equal(response.status, 409);
    assert.deepEqual(await response.json(), {
      statusCode: 409,
      name: 'invalid_idempotent_request',
      message: 'Same idempotency key used with a different request payload.',
    });
  });

  it('rejects a request without an API key with 401', async () => {
    assert.equal((await post(mail, {})).status, 401);
    assert.deepEqual(await messages(), []);
  });

  for (const missing of ['from', 'to', 'subject', 'text'] as const) {
    it(`rejects a mail without ${missing} with a 422 that names it`, async () => {
      const response = await post({ ...mail, [missing]: undefined });
      assert.equal(response.status, 422);
      assert.match(await response.text(), new RegExp(missing));
    });
  }

  it('shows mails without running their contents', async () => {
    await post({
      ...mail,
      subject: '<script>alert(1)</script>',
      html: '<script>alert("2")</script>',
      text: '<b>3</b>',
    });
    const [message] = await messages();
    const response = await fetch(inbox.url);
    assert.match(response.headers.get('content-security-policy') ?? '', /^default-src 'none';/);
    const page = await response.text();
    assert.doesNotMatch(page, /<script|<b>|allow-scripts/);
    assert.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
    assert.match(page, /<pre[^>]*>&lt;b&gt;3&lt;\/b&gt;<\/pre>/);
    const [, source = ''] = /<iframe[^>]* sandbox="[^"]*" src="([^"]*)"/.exec(page) ?? [];
    assert.equal(source, `/messages/${message?.id ?? ''}`);
  });

  it('serves the HTML of a mail under a policy that blocks scripts, requests and forms, and opens links in a new tab', async () => {
    await post({ ...mail, html: '<html><head></head><body><img src="http://elsewhere.example/"></body></html>' });
    const [message] = await messages();
    const response = await fetch(`${inbox.url}/messages/${message?.id ?? ''}`);
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'.*form-action 'none'.*sandbox allow-popups/);
    assert.doesNotMatch(policy, /allow-scripts|allow-same-origin|img-src/);
    assert.match(await response.text(), /^<html><head><base target="_blank"><\/head>/);
    assert.equal((await fetch(`${inbox.url}/messages/unknown`)).status, 404);
  });

  it('keeps only the last 500 mails', async () => {
    for (let number = 1; number <= 502; number += 1) await post({ ...mail, subject: `Mail ${number}` });
    const kept = await messages();
    assert.equal(kept.length, 500);
    assert.equal(kept[0]?.subject, 'Mail 3');
  });

  it('keeps its mails across a stop and a start', async () => {
    await post(mail);
    await inbox.stop();
    await assert.rejects(fetch(inbox.url));
    await inbox.start();
    assert.equal((await messages()).length, 1);
  });

  it('receives webhooks and shows them next to the mails', async () => {
    const headers = { 'webhook-id': 'msg_1', authorization: 'a secret' };
    const body = JSON.stringify({ type: 'export.completed', data: { name: '<b>' } });
    const { status } = await fetch(`${inbox.url}/webhook`, { method: 'POST', headers, body });
    assert.equal(status, 204);
    const [delivery] = z
      .array(z.object({ type: z.string(), headers: z.record(z.string(), z.string()) }))
      .parse(await (await fetch(`${inbox.url}/api/webhooks`)).json());
    assert.deepEqual(delivery, { type: 'export.completed', headers: { 'webhook-id': 'msg_1' } });
    const page = await (await fetch(inbox.url)).text();
    assert.match(page, /<h2>export\.completed<\/h2>[^]*msg_1[^]*&lt;b&gt;/);
  });
});
