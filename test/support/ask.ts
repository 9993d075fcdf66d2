import type { Answer } from './answer.js';
import type { HoldToContract } from './contract.js';
import type { Principal } from '../../api/deps.js';
import { signToken } from '../../api/access/sign-token.js';

export interface Ask {
  readonly as?: Principal;
  /** The Authorization header to send instead of a token for `as`. */
  readonly authorization?: string;
  /** Strings and bytes are sent as is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborting it disconnects the client. */
  readonly signal?: AbortSignal;
}

async function headersFor(secret: string, { as, authorization, body, headers }: Ask): Promise<Record<string, string>> {
  const bearer = as === undefined ? undefined : `Bearer ${await signToken(secret, { ...as, ttlSeconds: 600 })}`;
  const credentials = authorization ?? bearer;
  return {
    ...(credentials === undefined ? {} : { Authorization: credentials }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...headers,
  };
}

const isRaw = (body: unknown): body is string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array;

/** Sends one request, without following redirects. */
export async function ask(url: string, method: string, secret: string, options: Ask = {}): Promise<Answer> {
  const { body } = options;
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    headers: await headersFor(secret, options),
    ...(body === undefined ? {} : { body: isRaw(body) ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const json: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, json };
}

/** `ask` for one service, whose responses are checked against its contract. */
export const asker =
  (origin: string, secret: string, hold: HoldToContract) =>
  async (method: string, path: string, options?: Ask): Promise<Answer> => {
    const answer = await ask(`${origin}${path}`, method, secret, options);
    hold(method, path, answer);
    return answer;
  };
