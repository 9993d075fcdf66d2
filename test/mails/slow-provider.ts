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
  /** Number of requests held since it last became slow. */
  readonly stopped: number;
  /** Number of requests that it answered immediately since then. */
  readonly repeated: number;
  /** From now on it stalls every request at this step. */
  stallAt(step: Step): void;
  /** From now on it responds immediately. */
  hurry(): void;
  close(): Promise<void>;
}

/** The local inbox behind a provider that can be slow. */
export async function startSlowProvider(): Promise<SlowProvider> {
  let stalled: Step | undefined;
  let stopped = 0;
  let repeated = 0;
  const waiting: ServerResponse[] = [];
  const server = createHttpServer((request, response) => {
    void (async () => {
      const step = stalled;
      if (step === undefined) repeated += 1;
      const body = await buffer(request);
      if (step === 'before the provider has the mail') {
        waiting.push(response);
        stopped += 1;
        return;
      }
      const { authorization = '', 'idempotency-key': key = '' } = request.headers;
      const headers = { authorization, 'idempotency-key': String(key), 'content-type': 'application/json' };
      const answer = await fetch(`${stack().env.RESEND_BASE_URL}/emails`, { method: 'POST', headers, body });
      if (step === 'when the provider has the mail') waiting.push(response);
      else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
      if (step !== undefined) stopped += 1;
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
    stallAt: (step) => {
      stalled = step;
      stopped = 0;
      repeated = 0;
    },
    hurry: () => {
      stalled = undefined;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
