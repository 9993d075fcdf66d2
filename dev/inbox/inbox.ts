import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Mailbox, ResendRefusal } from './mailbox.js';
import { inboxPage, MESSAGE_HEADERS, PAGE_HEADERS, withTabs } from './page.js';

/**
 * A mailbox for local development: accepts emails from Resend's client (`RESEND_BASE_URL`) and shows them instead of
 * delivering them.
 *
 * | request | answer |
 * |---|---|
 * | `POST /emails` | `{id}`, as https://resend.com/docs/api-reference/emails/send-email |
 * | `GET /` | a page of emails and webhooks |
 * | `GET /messages/{id}` | the HTML part of an email, sandboxed: no scripts, no remote content |
 * | `GET /api/messages` | the emails as JSON, oldest first |
 * | `DELETE /api/messages` | 204; deletes emails, their idempotency keys, and webhooks |
 * | `POST /webhook` | 204; a webhook receiver that stores what it gets |
 * | `GET /api/webhooks` | the webhooks as JSON, oldest first |
 */

export interface Inbox {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** @param port port on 127.0.0.1. Emails survive `stop` and `start`, but are lost when the process exits. */
export function createInbox(port: number): Inbox {
  const mailbox = new Mailbox();
  let server: Server | undefined;

  return {
    url: `http://127.0.0.1:${port}`,
    async start() {
      if (server !== undefined) return;
      const starting = createServer((request, response) => {
        answer(mailbox, request, response).catch((error: unknown) => {
          refuse(response, error);
        });
      });
      await listen(starting, port);
      server = starting;
    },
    async stop() {
      const stopping = server;
      server = undefined;
      if (stopping === undefined) return;
      await new Promise((resolve) => {
        stopping.close(resolve);
        stopping.closeAllConnections();
      });
    },
  };
}

async function answer(mailbox: Mailbox, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://inbox');
  const [, id] = /^\/messages\/([\w-]+)$/.exec(pathname) ?? [];
  const opened = request.method === 'GET' ? mailbox.messages.find((message) => message.id === id) : undefined;
  if (opened?.html !== undefined) {
    response.writeHead(200, MESSAGE_HEADERS).end(withTabs(opened.html));
    return;
  }
  switch (`${request.method ?? ''} ${pathname}`) {
    case 'POST /emails':
      send(response, 200, await mailbox.acceptEmail(request));
      return;
    case 'GET /api/messages':
      send(response, 200, mailbox.messages);
      return;
    case 'DELETE /api/messages':
      mailbox.clear();
      response.writeHead(204).end();
      return;
    case 'POST /webhook':
      await mailbox.acceptWebhook(request);
      response.writeHead(204).end();
      return;
    case 'GET /api/webhooks':
      send(response, 200, mailbox.deliveries);
      return;
    case 'GET /':
      response.writeHead(200, PAGE_HEADERS).end(inboxPage(mailbox.messages, mailbox.deliveries));
      return;
    default:
      throw new ResendRefusal(404, 'not_found', 'The requested endpoint does not exist.');
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, error: unknown): void {
  const { statusCode, code, message } =
    error instanceof ResendRefusal ? error : new ResendRefusal(500, 'internal_server_error', String(error));
  send(response, statusCode, { statusCode, name: code, message });
}

async function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, () => {
      resolve();
    });
  });
}
