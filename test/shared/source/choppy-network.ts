import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { stack } from '../../support/stack.js';

/** A proxy to the database that delivers its bytes a few at a time. */
export async function choppyNetwork(): Promise<{ url: string; close: () => Promise<void> }> {
  const database = new URL(stack().env.DATABASE_URL);
  const server = createServer((near) => {
    const far = connect(Number(database.port), database.hostname);
    near.setNoDelay(true);
    near.pipe(far);
    const chop = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      let turn = 0;
      for await (const bytes of source) {
        for (let at = 0; at < bytes.length; turn += 1) {
          const size = 1 + ((turn * turn * 7) % 97);
          yield bytes.subarray(at, at + size);
          await new Promise(setImmediate);
          at += size;
        }
      }
    };
    pipeline(far, chop, near).catch(() => near.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const url = new URL(database);
  url.host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    url: url.href,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
