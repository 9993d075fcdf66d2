import type { Express } from 'express';
import { createServer, type RequestListener, type ServerOptions } from 'node:http';
import { bornForExpress } from './http/born-for-express.js';

export interface RunningServer {
  /** The requested port, or a free one if 0 was requested. */
  readonly port: number;
  /** Stops accepting requests, lets active ones finish, and closes the remaining connections after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Longer than the idle timeout of common load balancers (60 s), so that the server never closes first. */
const KEEP_ALIVE_MS = 65_000;
/** How often idle connections are closed while the server drains. */
const SWEEP_MS = 50;

/** Thrown when the server cannot listen; the message is a sentence with the address. */
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
      // A kept-alive connection would keep the server open until its client closes it.
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
