import { once } from 'node:events';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { stack } from '../support/stack.js';

/** Where a notification stands when its worker is killed. */
export const STEPS = [
  'before the provider has it',
  'when the provider has it',
  'when the provider has answered',
] as const;
export type Step = (typeof STEPS)[number];

export interface SlowProvider {
  readonly url: string;
  /** Requests that came while it was slow. */
  readonly stopped: number;
  /** Requests that came after that. */
  readonly repeated: number;
  /** From now on it answers at once. */
  hurry(): void;
  close(): Promise<void>;
}

/** The local inbox behind a provider that stops at one step; until it is told to hurry. */
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
      if (isSlow && step === 'before the provider has it') {
        waiting.push(response);
        stopped += 1;
        return;
      }
      const { authorization = '', 'idempotency-key': key = '' } = request.headers;
      const headers = { authorization, 'idempotency-key': String(key), 'content-type': 'application/json' };
      const answer = await fetch(`${stack().env.RESEND_BASE_URL}/emails`, { method: 'POST', headers, body });
      if (isSlow && step === 'when the provider has it') waiting.push(response);
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

export interface Gate {
  readonly address: string;
  /** What a client sends from now on does not arrive. */
  shut(): void;
  close(): Promise<void>;
}

/** A way to Temporal that can be shut: what a worker then reports is lost with it. */
export async function startGate(to: string): Promise<Gate> {
  const [host = '', port = ''] = to.split(':');
  const sockets = new Set<Socket>();
  const inward = new Set<Socket>();
  const server = createServer((client) => {
    const temporal = connect(Number(port), host);
    for (const socket of [client, temporal]) {
      sockets.add(socket);
      // One end's death is the other's.
      socket
        .on('error', () => undefined)
        .on('close', () => {
          client.destroy();
          temporal.destroy();
        });
    }
    inward.add(client);
    client.pipe(temporal);
    temporal.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    shut: () => {
      for (const client of inward) client.unpipe().pause();
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
