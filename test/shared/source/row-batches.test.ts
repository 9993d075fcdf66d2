import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import { createPool, type Pool, type PoolClient } from '../../../shared/postgres.js';
import { createRowBudget, readBatches, readRows } from '../../../shared/source/row-batches.js';
import { queryRows } from '../../support/database.js';
import { stack } from '../../support/stack.js';

const NUMBERS = 'SELECT n, NULL, n % 2 = 0 FROM generate_series(1, 25) AS n';
/** Far more than one batch, so that the end isn't buffered yet when a test cuts the connection or stops reading. */
const MANY = 'SELECT n FROM generate_series(1, 1000000) AS n';

describe('batches of rows', () => {
  let pool: Pool;
  let client: PoolClient;

  before(() => {
    const onIdleError = (): void => undefined;
    pool = createPool(stack().env.DATABASE_URL, { max: 1, name: 'row-batches', onIdleError });
  });
  beforeEach(async () => {
    client = await pool.connect();
  });
  after(() => pool.end());

  async function sizes(sql: string, batchRows: number): Promise<number[]> {
    const found: number[] = [];
    for await (const batch of readBatches(client, sql, batchRows)) found.push(batch.length);
    return found;
  }
  /** Reads all batches, and calls `happen` once 5,000 rows have been read. */
  async function readUntilItEnds(happen: () => unknown): Promise<unknown> {
    let rows = 0;
    for await (const batch of readBatches(client, MANY, 1000)) {
      const before = rows;
      rows += batch.length;
      if (before < 5000 && rows >= 5000) await happen();
    }
    return rows;
  }

  it('contain at most as many rows as requested, and the client continues with its next query', async () => {
    const rows = [];
    for await (const batch of readBatches(client, NUMBERS, 10)) rows.push(...batch);
    assert.deepEqual(rows.slice(0, 2), [
      ['1', null, 'f'],
      ['2', null, 't'],
    ]);
    assert.equal(rows.length, 25);
    for (const batchRows of [1, 24, 25, 26]) {
      const found = await sizes(NUMBERS, batchRows);
      assert.ok(found.every((size) => size <= batchRows));
      assert.equal(
        found.reduce((sum, size) => sum + size, 0),
        25,
      );
    }
    assert.deepEqual(await sizes('SELECT 1 WHERE false', 10), []);
    assert.deepEqual((await client.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
    client.release();
  });

  it('contain fewer rows if one of the rows is long', async () => {
    const most = async (sql: string): Promise<number> => {
      let found = 0;
      const { signal } = new AbortController();
      for await (const batch of readRows(client, { sql, columns: 2, long: [1] }, createRowBudget(), signal))
        found = Math.max(found, batch.length);
      return found;
    };
    const rowsWith = (text: string): string => `SELECT n, ${text} FROM generate_series(1, 3000) AS n`;
    assert.equal(await most(rowsWith("'short'")), 1000);
    assert.equal(await most(rowsWith("repeat('é', CASE n WHEN 1500 THEN 500000 ELSE 1 END)")), 4);
    assert.equal(await most(rowsWith("CASE n WHEN 1500 THEN repeat('x', 9000000) END")), 1);
    assert.equal(await most('SELECT 1, NULL WHERE false'), 0);
    client.release();
  });

  it("end with the server's error, even in the middle of the rows", async () => {
    await assert.rejects(sizes('SELECT nonsense', 10), { code: '42703' });
    await assert.rejects(sizes('SELECT 1 / (500 - n) FROM generate_series(1, 1000) AS n', 10), { code: '22012' });
    assert.deepEqual((await client.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
    client.release();
  });

  it('end with an error when the server ends the connection', async () => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const ended = readUntilItEnds(() =>
      queryRows(stack().env.DATABASE_URL, 'SELECT pg_terminate_backend($1)', [rows[0]?.pid]),
    );
    await assert.rejects(ended, /terminat/);
    client.release(true);
  });

  it('end with an error when the connection is cut', async () => {
    const { connection } = client as PoolClient & { readonly connection: { readonly stream: Duplex } };
    const ended = readUntilItEnds(() => connection.stream.destroy());
    await assert.rejects(ended, /Connection terminated/);
    client.release(true);
  });

  it('need not be read to the end', async () => {
    for await (const batch of readBatches(client, MANY, 1000)) {
      assert.equal(batch.length, 1000);
      break;
    }
    client.release(true);
    const next = await pool.connect();
    assert.deepEqual((await next.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
    next.release();
  });
});
