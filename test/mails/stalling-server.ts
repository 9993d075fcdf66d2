import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A server that sends only what it is told to, and never closes a connection itself. */
export interface StallingServer {
  readonly port: number;
  /** Resolves when the client has closed every connection. */
  untilLeft(): Promise<unknown>;
  close(): Promise<void>;
}

/** @param behave runs for each connection */
export async function startStallingServer(behave: (socket: Socket) => void): Promise<StallingServer> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    // A socket that is not read never emits `end`.
    socket.on('error', () => undefined).on('data', () => undefined);
    behave(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const left = (socket: Socket): Promise<void> =>
    new Promise((resolve) => {
      if (socket.readableEnded || socket.destroyed) resolve();
      socket.once('end', resolve).once('close', resolve);
    });
  return {
    port,
    untilLeft: () => Promise.all([...open].map(left)),
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
