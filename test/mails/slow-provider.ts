import { once } from 'node:events';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { stack } from '../support/stack.js';

/** The step of a notification at which its worker is killed. */
export const STEPS = [
  'before the provider has the mail',
  'when the provider has the mail',
  'when the provider has answered',
] as const;
export type Step = (typeof STEPS)[number];

export interface SlowProvider {
  readonly url: string;
  /** Number of requests held while it was slow. */
  readonly stopped: number;
  /** Number of requests after that. */
  readonly repeated: number;
  /** From now on it responds immediately. */
  hurry(): void;
  close(): Promise<void>;
}

/** The local inbox behind a provider that stalls at one step until `hurry()` is called. */
export async function startSlowProvider(step: Step): Promise<SlowProvider> {
  let slow = true;
  let stopped = 0;
  let repeated = 0;
  const waiting: ServerResponse[] = [];
  const server = createHttpServer((request, response) => {
    void (async () => {
      const isSlow = slow;
      if (!isSlow) repeated += 1;
      const body = await buffer(request);
      if (isSlow && step === 'before the provider has the mail') {
        waiting.push(response);
        stopped += 1;
        return;
      }
      const { authorization = '', 'idempotency-key': key = '' } = request.headers;
      const headers = { authorization, 'idempotency-key': String(key), 'content-type': 'application/json' };
      const answer = await fetch(`${stack().env.RESEND_BASE_URL}/emails`, { method: 'POST', headers, body });
      if (isSlow && step === 'when the provider has the mail') waiting.push(response);
      else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
      if (isSlow) stopped += 1;
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get stopped() {
      return stopped;
    },
    get repeated() {
      return repeated;
    },
    hurry: () => {
      slow = false;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
