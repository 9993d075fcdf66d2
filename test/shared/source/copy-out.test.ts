import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { copyOut } from '../../../shared/source/copy-out.js';
import { copyStream } from '../../../shared/source/copy-socket.js';
import { stack } from '../../support/stack.js';
import { choppyNetwork } from './choppy-network.js';
import { readCopy, referenceCopy } from './read-copy.js';

const ROWS = `SELECT g, md5(g::text), repeat(chr(200 + g % 50), g % 90), CASE WHEN g % 3 = 0 THEN E'a"b,\\n' END
  FROM generate_series(1, 60000) g ORDER BY g`;
const csv = (query: string): string => `COPY (${query}) TO STDOUT (FORMAT csv)`;

for (const [kind, stream] of [
  ['a socket with its own buffers', { stream: copyStream }],
  ["pg's own socket", {}],
] as const) {
  describe(`copyOut through ${kind}`, () => {
    const clients: pg.Client[] = [];
    const open = async (): Promise<pg.Client> => {
      const client = new pg.Client({ connectionString: stack().env.DATABASE_URL, ...stream });
      client.on('error', () => undefined);
      await client.connect();
      clients.push(client);
      return client;
    };
    const pidOf = async (client: pg.Client): Promise<number> => {
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      return rows[0]?.pid ?? assert.fail('no pid');
    };
    const answers = async (client: pg.Client): Promise<void> => {
      assert.deepEqual((await client.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
    };
    const isGone = async (pid: number): Promise<void> => {
      const other = await open();
      for (;;) {
        if ((await other.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid])).rowCount === 0) return;
        await sleep(20);
      }
    };

    afterEach(async () => {
      await Promise.all(clients.splice(0).map((client) => client.end()));
    });

    it('returns the same bytes as pg-copy-streams, and counts the rows', async () => {
      const copy = copyOut(await open(), csv(ROWS));
      const { bytes, rows } = await readCopy(copy);
      assert.ok(bytes.equals(await referenceCopy(csv(ROWS))));
      assert.equal(rows, 60_000);
      assert.equal(copy.rowCount, 60_000);
    });

    it('leaves a chunk unchanged while the consumer uses it', async () => {
      const { bytes } = await readCopy(copyOut(await open(), csv(ROWS)), () => sleep(2));
      assert.ok(bytes.equals(await referenceCopy(csv(ROWS))));
    });

    it('ends immediately if there are no rows', async () => {
      const copy = copyOut(await open(), csv('SELECT 1 WHERE false'));
      assert.deepEqual(await readCopy(copy), { bytes: Buffer.alloc(0), rows: 0 });
      assert.equal(copy.rowCount, 0);
    });

    it('reads a row of 5 MB', async () => {
      const { bytes, rows } = await readCopy(
        copyOut(await open(), csv("SELECT repeat('x', 5000000) UNION ALL SELECT 'y'")),
      );
      assert.deepEqual([bytes.length, rows], [5_000_003, 2]);
      assert.equal(bytes.subarray(-4).toString(), 'x\ny\n');
    });

    it('reads through a network that splits the bytes anywhere', async () => {
      const network = await choppyNetwork();
      const client = new pg.Client({ connectionString: network.url, ...stream });
      await client.connect();
      for (let turn = 0; turn < 10; turn += 1) {
        const { bytes, rows } = await readCopy(
          copyOut(client, csv('SELECT g, md5(g::text) FROM generate_series(1, 300) g')),
        );
        assert.deepEqual([bytes.toString().split('\n')[turn * 9]?.split(',')[0], rows], [String(turn * 9 + 1), 300]);
        await answers(client);
        await assert.rejects(readCopy(copyOut(client, csv('SELECT 1 / (40 - g) FROM generate_series(1, 60) g'))), {
          code: '22012',
        });
      }
      await client.end();
      await network.close();
    });

    it('leaves the client ready for its next query and its next copy', async () => {
      const client = await open();
      await client.query('BEGIN');
      for (let turn = 0; turn < 20; turn += 1) {
        const { bytes } = await readCopy(copyOut(client, csv(`SELECT ${turn}`)));
        assert.equal(bytes.toString(), `${turn}\n`);
        await answers(client);
      }
      await readCopy(copyOut(client, csv(ROWS)));
      await client.query('COMMIT');
      const big = await client.query<{ text: string }>(`SELECT repeat('é', 1000000) AS text`);
      assert.equal(big.rows[0]?.text.length, 1_000_000);
    });

    it("rejects with the server's error before the first row, and the client stays usable", async () => {
      const client = await open();
      await client.query('BEGIN');
      await assert.rejects(readCopy(copyOut(client, csv('SELECT * FROM no_such_table'))), { code: '42P01' });
      await client.query('ROLLBACK');
      await answers(client);
    });

    it("rejects with the server's error between rows, and the client stays usable", async () => {
      const client = await open();
      const copy = copyOut(client, csv('SELECT 1 / (500000 - g) FROM generate_series(1, 600000) g'));
      let rows = 0;
      await assert.rejects(
        async () => {
          for await (const chunk of copy) rows += chunk.rows;
        },
        (error) => error instanceof pg.DatabaseError && error.code === '22012',
      );
      assert.ok(rows > 100_000 && rows < 500_000, String(rows));
      await answers(client);
    });

    it('rejects at statement_timeout, and the client stays usable', async () => {
      const client = await open();
      await client.query(`SET statement_timeout = '150ms'`);
      const slow = csv('SELECT g, pg_sleep(0.001) FROM generate_series(1, 100000) g');
      await assert.rejects(readCopy(copyOut(client, slow)), { code: '57014' });
      await answers(client);
    });

    it('rejects when the backend is killed, even while the consumer is slow', async () => {
      const [client, other] = [await open(), await open()];
      const pid = await pidOf(client);
      const copy = copyOut(client, csv('SELECT generate_series(1, 100000000)'));
      let killed = false;
      await assert.rejects(
        readCopy(copy, async () => {
          if (!killed) await other.query('SELECT pg_terminate_backend($1)', [pid]);
          killed = true;
          await sleep(1);
        }),
      );
      await assert.rejects(client.query('SELECT 1'));
    });

    it('rejects when the connection breaks', async () => {
      const client = await open();
      const copying = readCopy(copyOut(client, csv('SELECT pg_sleep(60)')));
      setTimeout(() => client.connection.stream.destroy(), 50);
      await assert.rejects(copying, /Connection terminated/);
    });

    it('closes the connection when the loop is left early', async () => {
      const client = await open();
      const pid = await pidOf(client);
      for await (const { rows } of copyOut(client, csv('SELECT generate_series(1, 100000000)'))) {
        assert.ok(rows > 0);
        break;
      }
      await assert.rejects(client.query('SELECT 1'));
      await isGone(pid);
    });

    it('ends immediately when its signal aborts, even if the server is silent', async () => {
      const client = await open();
      const controller = new AbortController();
      const copying = readCopy(copyOut(client, csv('SELECT pg_sleep(60)'), { signal: controller.signal }));
      const reason = new Error('cancelled');
      setTimeout(() => {
        controller.abort(reason);
      }, 50);
      await assert.rejects(copying, reason);
      await assert.rejects(client.query('SELECT 1'));
    });

    it('does not start if its signal has already aborted', async () => {
      const client = await open();
      const reason = new Error('cancelled');
      await assert.rejects(readCopy(copyOut(client, csv(ROWS), { signal: AbortSignal.abort(reason) })), reason);
      await answers(client);
    });

    it('makes the pool drop the client if the loop is left early', async () => {
      const pool = new pg.Pool({ connectionString: stack().env.DATABASE_URL, max: 1, ...stream });
      const client = await pool.connect();
      client.on('error', () => undefined);
      for await (const chunk of copyOut(client, csv(ROWS))) if (chunk.rows > 0) break;
      client.release();
      assert.equal(pool.totalCount, 0);
      assert.equal((await pool.query('SELECT 1')).rowCount, 1);
      await pool.end();
    });

    it('rejects anything but a single COPY TO STDOUT, and the client stays usable', async () => {
      const client = await open();
      await client.query('CREATE TEMP TABLE t (n int)');
      for (const sql of ['SELECT 1', '', 'COPY t FROM STDIN', `${csv(ROWS)}; ${csv(ROWS)}`, `${csv(ROWS)}; SELECT 1`]) {
        await assert.rejects(readCopy(copyOut(client, sql)), Error, sql);
        await answers(client);
      }
    });

    it('passes on notices between the rows', async () => {
      const client = await open();
      const notices: (string | undefined)[] = [];
      client.on('notice', ({ message }) => notices.push(message));
      await client.query(`CREATE FUNCTION pg_temp.tell(n int) RETURNS int LANGUAGE plpgsql VOLATILE AS
        $$ BEGIN IF n % 1000 = 0 THEN RAISE NOTICE 'at %', n; END IF; RETURN n; END $$`);
      const { rows } = await readCopy(copyOut(client, csv('SELECT pg_temp.tell(g) FROM generate_series(1, 5000) g')));
      assert.equal(rows, 5000);
      assert.deepEqual(notices, ['at 1000', 'at 2000', 'at 3000', 'at 4000', 'at 5000']);
    });
  });
}
