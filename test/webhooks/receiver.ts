import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

/** A message that a receiver got. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

/** Handles the n-th message, counting from 0. */
type Answers = (response: ServerResponse, index: number) => void;

export const answerWith =
  (status: number, headers: Record<string, string> = {}): Answers =>
  (response) => {
    response.writeHead(status, headers).end('thanks');
  };

export interface Receiver {
  readonly port: number;
  readonly url: string;
  readonly received: readonly Received[];
  /** Number of connections, with or without a message. */
  readonly connections: () => number;
  /** Changes the behavior from now on. */
  answer(answers: Answers): void;
  close(): Promise<void>;
}

/** A webhook receiver on its own port. */
export async function startReceiver(answers: Answers = answerWith(204)): Promise<Receiver> {
  const received: Received[] = [];
  let [behave, connections] = [answers, 0];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ headers: request.headers, body, at: Date.now() });
      behave(response, received.length - 1);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    port,
    url: `http://127.0.0.1:${port}/hook`,
    received,
    connections: () => connections,
    answer: (next) => {
      behave = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Header names and values in the form that `standardwebhooks` takes. */
export const plainHeaders = ({ headers }: Received): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
