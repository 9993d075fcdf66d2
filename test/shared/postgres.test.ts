import assert from 'node:assert/strict';
import { cancelStatement, createPool, THIS_BACKEND, type Backend } from '../../shared/postgres.js';
import { createDatabase, openDatabase, queryRows } from '../support/database.js';
import { until } from '../support/exports.js';

describe('a pool', () => {
  it('reads times from a database with another DateStyle', async () => {
    const database = await createDatabase();
    await queryRows(database.url, `ALTER DATABASE ${database.name} SET DateStyle = 'German'`);
    const pool = createPool(database.url, { max: 1, name: 'test', onIdleError: () => undefined });
    try {
      const { rows } = await pool.query<{ at: Date }>("SELECT timestamptz '2026-02-03 04:05:06Z' AS at");
      assert.equal(rows[0]?.at.toISOString(), '2026-02-03T04:05:06.000Z');
    } finally {
      await pool.end();
      await database.drop();
    }
  });
});

describe('cancelStatement', () => {
  it('cancels the statement of a transaction, but nothing that its backend runs later', async () => {
    const database = await openDatabase();
    const { client, url } = database;
    const pool = createPool(url, { max: 1, name: 'test', onIdleError: () => undefined });
    const begin = async (): Promise<Backend> => {
      const { rows } = await client.query<Backend>(`SELECT ${THIS_BACKEND}`);
      assert(rows[0] !== undefined);
      return rows[0];
    };
    const sleepOf = (seconds: number): Promise<'slept' | 'canceled'> =>
      client.query('SELECT pg_sleep($1)', [seconds]).then(
        () => 'slept',
        () => 'canceled',
      );
    try {
      await client.query('BEGIN');
      const first = await begin();
      const long = sleepOf(60);
      await untilAsleep(url);
      await cancelStatement(pool, first);
      assert.equal(await long, 'canceled');
      await client.query('ROLLBACK');

      await client.query('BEGIN');
      assert.equal((await begin()).pid, first.pid);
      const short = sleepOf(1);
      await untilAsleep(url);
      await cancelStatement(pool, first);
      assert.equal(await short, 'slept');
    } finally {
      await pool.end();
      await database.close();
    }
  });
});

const untilAsleep = (url: string): Promise<unknown> =>
  until('a query that sleeps', async () => {
    const asleep = await queryRows(
      url,
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
    );
    return asleep.length > 0;
  });
