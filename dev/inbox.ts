import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { z } from 'zod';
import { email, type Message } from './inbox-message.js';
import { inboxPage, MESSAGE_HEADERS, PAGE_HEADERS, withTabs } from './inbox-page.js';
import { readDelivery, type Delivery } from './inbox-webhooks.js';

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

const KEPT_MESSAGES = 500;

export interface Inbox {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** An error response in Resend's format: https://resend.com/docs/api-reference/errors */
class Refusal extends Error {
  constructor(
    readonly statusCode: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** @param port port on 127.0.0.1. Emails survive `stop` and `start`, but are lost when the process exits. */
export function createInbox(port: number): Inbox {
  const messages: Message[] = [];
  const deliveries: Delivery[] = [];
  const answered = new Map<string, { readonly id: string; readonly body: string }>();
  let server: Server | undefined;

  const accept = async (request: IncomingMessage): Promise<{ id: string }> => {
    if (!/^Bearer \S/i.test(request.headers.authorization ?? '')) {
      throw new Refusal(401, 'missing_api_key', 'Missing API key in the authorization header.');
    }
    const body: unknown = await json(request).catch(() => {
      throw new Refusal(422, 'validation_error', 'The request body is not JSON.');
    });
    const key = request.headers['idempotency-key']?.toString();
    const earlier = key === undefined ? undefined : answered.get(key);
    if (earlier !== undefined) return repeated(earlier, body);
    const message: Message = {
      id: randomUUID(),
      received_at: new Date().toISOString(),
      ...parseEmail(body),
      ...(key === undefined ? {} : { idempotency_key: key }),
    };
    messages.push(message);
    if (key !== undefined) answered.set(key, { id: message.id, body: JSON.stringify(body) });
    for (const { idempotency_key: forgotten } of messages.splice(0, messages.length - KEPT_MESSAGES)) {
      if (forgotten !== undefined) answered.delete(forgotten);
    }
    return { id: message.id };
  };

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://inbox');
    const [, id] = /^\/messages\/([\w-]+)$/.exec(pathname) ?? [];
    const opened = request.method === 'GET' ? messages.find((message) => message.id === id) : undefined;
    if (opened?.html !== undefined) {
      response.writeHead(200, MESSAGE_HEADERS).end(withTabs(opened.html));
      return;
    }
    switch (`${request.method ?? ''} ${pathname}`) {
      case 'POST /emails':
        send(response, 200, await accept(request));
        return;
      case 'GET /api/messages':
        send(response, 200, messages);
        return;
      case 'DELETE /api/messages':
        messages.length = 0;
        deliveries.length = 0;
        answered.clear();
        response.writeHead(204).end();
        return;
      case 'POST /webhook':
        deliveries.push(await readDelivery(request));
        deliveries.splice(0, deliveries.length - KEPT_MESSAGES);
        response.writeHead(204).end();
        return;
      case 'GET /api/webhooks':
        send(response, 200, deliveries);
        return;
      case 'GET /':
        response.writeHead(200, PAGE_HEADERS).end(inboxPage(messages, deliveries));
        return;
      default:
        throw new Refusal(404, 'not_found', 'The requested endpoint does not exist.');
    }
  };

  return {
    url: `http://127.0.0.1:${port}`,
    async start() {
      if (server !== undefined) return;
      const starting = createServer((request, response) => {
        route(request, response).catch((error: unknown) => {
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

function repeated(earlier: { readonly id: string; readonly body: string }, body: unknown): { id: string } {
  if (earlier.body === JSON.stringify(body)) return { id: earlier.id };
  throw new Refusal(409, 'invalid_idempotent_request', 'Same idempotency key used with a different request payload.');
}

function parseEmail(body: unknown): z.infer<typeof email> {
  const result = email.safeParse(body);
  if (!result.success) {
    const field = result.error.issues[0]?.path.join('.') ?? '';
    throw new Refusal(422, 'missing_required_field', `Missing or invalid \`${field}\` field.`);
  }
  if (result.data.html === undefined && result.data.text === undefined) {
    throw new Refusal(422, 'missing_required_field', 'Missing `html` or `text` field.');
  }
  return result.data;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, error: unknown): void {
  const { statusCode, code, message } =
    error instanceof Refusal ? error : new Refusal(500, 'internal_server_error', String(error));
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
