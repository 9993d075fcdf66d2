import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import type { z } from 'zod';
import { email, type Message } from './message.js';
import { readDelivery, type Delivery } from './webhooks.js';

const KEPT_MESSAGES = 500;

/** An error response in Resend's format: https://resend.com/docs/api-reference/errors */
export class ResendRefusal extends Error {
  constructor(
    readonly statusCode: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** What an email was answered with, for requests with the same idempotency key. */
interface Accepted {
  readonly id: string;
  readonly body: string;
}

/** The newest emails and webhooks. */
export class Mailbox {
  readonly #messages: Message[] = [];
  readonly #deliveries: Delivery[] = [];
  readonly #accepted = new Map<string, Accepted>();

  /** Oldest first. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Oldest first. */
  get deliveries(): readonly Delivery[] {
    return this.#deliveries;
  }

  /** @throws ResendRefusal as Resend would */
  async acceptEmail(request: IncomingMessage): Promise<{ id: string }> {
    if (!/^Bearer \S/i.test(request.headers.authorization ?? '')) {
      throw new ResendRefusal(401, 'missing_api_key', 'Missing API key in the authorization header.');
    }
    const body: unknown = await json(request).catch(() => {
      throw new ResendRefusal(422, 'validation_error', 'The request body is not JSON.');
    });
    const key = request.headers['idempotency-key']?.toString();
    const earlier = key === undefined ? undefined : this.#accepted.get(key);
    return earlier === undefined ? this.#keep(body, key) : repeated(earlier, body);
  }

  async acceptWebhook(request: IncomingMessage): Promise<void> {
    this.#deliveries.push(await readDelivery(request));
    this.#deliveries.splice(0, this.#deliveries.length - KEPT_MESSAGES);
  }

  clear(): void {
    this.#messages.length = 0;
    this.#deliveries.length = 0;
    this.#accepted.clear();
  }

  #keep(body: unknown, key: string | undefined): { id: string } {
    const id = randomUUID();
    const received = { id, received_at: new Date().toISOString() };
    this.#messages.push({ ...received, ...parseEmail(body), ...(key === undefined ? {} : { idempotency_key: key }) });
    if (key !== undefined) this.#accepted.set(key, { id, body: JSON.stringify(body) });
    for (const { idempotency_key: forgotten } of this.#messages.splice(0, this.#messages.length - KEPT_MESSAGES)) {
      if (forgotten !== undefined) this.#accepted.delete(forgotten);
    }
    return { id };
  }
}

function repeated(earlier: Accepted, body: unknown): { id: string } {
  if (earlier.body === JSON.stringify(body)) return { id: earlier.id };
  throw new ResendRefusal(
    409,
    'invalid_idempotent_request',
    'Same idempotency key used with a different request payload.',
  );
}

function parseEmail(body: unknown): z.infer<typeof email> {
  const result = email.safeParse(body);
  if (!result.success) {
    const field = result.error.issues[0]?.path.join('.') ?? '';
    throw new ResendRefusal(422, 'missing_required_field', `Missing or invalid \`${field}\` field.`);
  }
  if (result.data.html === undefined && result.data.text === undefined) {
    throw new ResendRefusal(422, 'missing_required_field', 'Missing `html` or `text` field.');
  }
  return result.data;
}
