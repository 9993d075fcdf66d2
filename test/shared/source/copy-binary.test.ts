import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { copyOut, type CopyOut } from '../../../shared/source/copy-out.js';
import { copyStream } from '../../../shared/source/copy-socket.js';
import { stack } from '../../support/stack.js';
import { choppyNetwork } from './choppy-network.js';
import { readCopy, referenceCopy } from './read-copy.js';

const binary = (query: string): string => `COPY (${query}) TO STDOUT (FORMAT binary)`;
const ROWS = `SELECT g, md5(g::text), repeat(chr(200 + g % 50), g % 90), CASE WHEN g % 3 = 0 THEN g / 7.0 END
  FROM generate_series(1, 60000) g ORDER BY g`;

/** Bytes of PostgreSQL's header, which has no extension, and of its trailer. */
const HEADER_BYTES = 19;
const TRAILER_BYTES = 2;

/** The tuples of the copy that pg-copy-streams reads. */
async function referenceTuples(query: string): Promise<Buffer> {
  const copy = await referenceCopy(binary(query));
  return copy.subarray(HEADER_BYTES, copy.length - TRAILER_BYTES);
}

for (const [kind, stream] of [
  ['a socket with its own buffers', { stream: copyStream }],
  ["pg's own socket", {}],
] as const) {
  describe(`copyOut of a binary copy through ${kind}`, () => {
    const clients: pg.Client[] = [];
    const open = async (connectionString = stack().env.DATABASE_URL): Promise<pg.Client> => {
      const client = new pg.Client({ connectionString, ...stream });
      client.on('error', () => undefined);
      await client.connect();
      clients.push(client);
      return client;
    };
    const tuplesOf = (client: pg.Client, query: string, signal?: AbortSignal): CopyOut =>
      copyOut(client, binary(query), { isBinary: true, signal });
    afterEach(async () => {
      await Promise.all(clients.splice(0).map((client) => client.end()));
    });

    it('returns all tuples without the header and the trailer, and counts them', async () => {
      const copy = tuplesOf(await open(), ROWS);
      const { bytes, rows } = await readCopy(copy);
      assert.ok(bytes.equals(await referenceTuples(ROWS)));
      assert.deepEqual([rows, copy.rowCount], [60_000, 60_000]);
    });

    it('returns nothing if there are no rows', async () => {
      const copy = tuplesOf(await open(), 'SELECT 1 WHERE false');
      assert.deepEqual(await readCopy(copy), { bytes: Buffer.alloc(0), rows: 0 });
      assert.equal(copy.rowCount, 0);
    });

    it('counts rows without columns', async () => {
      const { bytes, rows } = await readCopy(tuplesOf(await open(), 'SELECT FROM generate_series(1, 3)'));
      assert.deepEqual([bytes, rows], [Buffer.alloc(6), 3]);
    });

    it('reads a value of 20 MB whose bytes look like trailers', async () => {
      const query = `SELECT decode(repeat('ff', 20000000), 'hex') UNION ALL SELECT '\\xffff'`;
      const { bytes, rows } = await readCopy(tuplesOf(await open(), query));
      assert.deepEqual([bytes.length, rows], [2 + 4 + 20_000_000 + 2 + 4 + 2, 2]);
      assert.ok(bytes.equals(await referenceTuples(query)));
    });

    it('reads through a network that splits the bytes anywhere', async () => {
      const network = await choppyNetwork();
      const client = await open(network.url);
      const query = 'SELECT g, md5(g::text) FROM generate_series(1, 300) g';
      const expected = await referenceTuples(query);
      for (let turn = 0; turn < 10; turn += 1) {
        const { bytes, rows } = await readCopy(tuplesOf(client, query));
        assert.ok(bytes.equals(expected));
        assert.equal(rows, 300);
        assert.deepEqual((await readCopy(tuplesOf(client, `${query} LIMIT 0`))).rows, 0);
        await assert.rejects(readCopy(tuplesOf(client, 'SELECT 1 / (40 - g) FROM generate_series(1, 60) g')), {
          code: '22012',
        });
      }
      await client.end();
      await network.close();
    });

    it("rejects with the server's error between tuples, and the client stays usable", async () => {
      const client = await open();
      const copy = tuplesOf(client, 'SELECT 1 / (500000 - g) FROM generate_series(1, 600000) g');
      let rows = 0;
      await assert.rejects(
        async () => {
          for await (const chunk of copy) rows += chunk.rows;
        },
        (error) => error instanceof pg.DatabaseError && error.code === '22012',
      );
      assert.ok(rows > 100_000 && rows < 500_000, String(rows));
      assert.deepEqual(await readCopy(tuplesOf(client, 'SELECT true')), {
        bytes: Buffer.from([0, 1, 0, 0, 0, 1, 1]),
        rows: 1,
      });
    });

    it('ends immediately when its signal aborts', async () => {
      const controller = new AbortController();
      const reason = new Error('cancelled');
      const copying = readCopy(
        tuplesOf(await open(), 'SELECT generate_series(1, 100000000)', controller.signal),
        async () => {
          controller.abort(reason);
          await sleep(1);
        },
      );
      await assert.rejects(copying, reason);
    });
  });
}
