import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

/** A webhook stored in the inbox. Its signature is not verified, because the inbox does not know the secret. */
export interface Delivery {
  /** The type in its payload. */
  readonly type: string;
  readonly received_at: string;
  /** Headers that start with `webhook-`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Indented if it is JSON. */
  readonly body: string;
}

const payload = z.looseObject({ type: z.string() });

export async function readDelivery(request: IncomingMessage): Promise<Delivery> {
  const body = await text(request);
  const json = parse(body);
  const headers = Object.entries(request.headers).filter(([name]) => name.startsWith('webhook-'));
  return {
    type: payload.safeParse(json).data?.type ?? 'Something else',
    received_at: new Date().toISOString(),
    headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
    body: json === undefined ? body : JSON.stringify(json, null, 2),
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
