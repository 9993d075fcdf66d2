import type { Express } from 'express';
import { createServer, type RequestListener, type ServerOptions } from 'node:http';
import { bornForExpress } from './born-for-express.js';

export interface RunningServer {
  /** The one that was asked for, or a free one for 0. */
  readonly port: number;
  /** Takes no more requests, lets those that are being answered finish, and cuts what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Longer than the idle limit of common load balancers (60 s): the one who closes first must not be the server. */
const KEEP_ALIVE_MS = 65_000;
/** How often connections that have become idle are looked for while the server drains. */
const SWEEP_MS = 50;

/** Thrown when the server cannot listen; the message is a sentence that names the address. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there',
  EACCES: 'this user may not listen there',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
};

/** @throws ListenError */
export const serveApp = (app: Express, at: { host: string; port: number }): Promise<RunningServer> =>
  serve(app, at, bornForExpress(app));

/** @throws ListenError */
export async function serve(
  listener: RequestListener,
  at: { host: string; port: number },
  options: ServerOptions = {},
): Promise<RunningServer> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, ...options }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = REASONS[error.code ?? ''] ?? error.message;
      reject(new ListenError(`The API cannot listen on ${at.host}:${at.port}: ${reason}.`, { cause: error }));
    });
    server.listen(at.port, at.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : at.port,
    close: async (graceMs) => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      // A connection is kept alive after its answer, and would hold the server open until its client lets go.
      const sweep = setInterval(() => {
        server.closeIdleConnections();
      }, SWEEP_MS);
      const limit = setTimeout(() => {
        server.closeAllConnections();
      }, graceMs);
      await closed;
      clearInterval(sweep);
      clearTimeout(limit);
    },
  };
}
