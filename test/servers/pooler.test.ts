import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../dev/stack/stack.js';
import { migrate, MIGRATIONS_TABLE } from '../../shared/job/migrate.js';
import { createPool } from '../../shared/postgres.js';
import { Source } from '../../shared/source/source.js';
import { createDatabase, queryRows, type TestDatabase } from '../support/database.js';
import { describeDeeply } from '../support/depth.js';
import { until } from '../support/exports.js';
import { orSkip } from '../support/or-skip.js';
import { stackWith } from '../support/stack.js';
import { startPgBouncer, type PooledPostgres } from './pgbouncer.js';

/** More than the pooler has connections to the server. */
const CLIENTS = 20;

/**
 * Tests only what a pooler in transaction mode could break: after one transaction, its server connection serves other
 * clients.
 */
describeDeeply('PgBouncer in transaction mode', () => {
  let stack: Stack;
  let postgres: PooledPostgres | undefined;
  let database: TestDatabase;
  /** Queries the server behind the pooler. */
  const directly = <T extends Record<string, unknown>>(sql: string): Promise<T[]> =>
    queryRows<T>(postgres?.direct.url(database.name) ?? '', sql);

  before(async function () {
    stack = await orSkip(this, () =>
      stackWith(['postgres'], { startPostgres: async (context) => (postgres = await startPgBouncer(context)) }),
    );
    database = await createDatabase(undefined, stack.env);
  });
  after(() => stack.stop());

  const sourceOf = (clients: number) => {
    const pool = createPool(database.readerUrl, { max: clients, name: 'test', onIdleError: () => undefined });
    return { pool, source: new Source(pool) };
  };
  const sessionOf = (tenantId: string) => ({ timezone: 'UTC', tenantId, userId: tenantId, statementTimeoutMs: 60_000 });

  it('allows several processes to migrate concurrently, and leaves no lock behind', async () => {
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 5 }, () => migrate(database.url)));
      assert.deepEqual(await directly(`SELECT pid FROM pg_locks WHERE locktype = 'advisory'`), []);
    }
    const names = (await directly<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE}`)).map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });

  it("never shows a transaction another one's tenant, and keeps none after its end", async () => {
    const { pool, source } = sourceOf(CLIENTS);
    const { signal } = new AbortController();
    try {
      const own = Array.from({ length: 300 }, async () => {
        const tenantId = randomUUID();
        const isOwn = ['tenant', 'user']
          .map((name) => `current_setting('app.${name}_id') = '${tenantId}'`)
          .join(' AND ');
        return source.permits(`pg_sleep(0.002) IS NOT NULL AND ${isOwn}`, sessionOf(tenantId), signal);
      });
      assert((await Promise.all(own)).every(Boolean));
      const left = await Promise.all(
        Array.from({ length: CLIENTS }, () =>
          pool.query<{ tenant: string | null; limit: string }>(
            `SELECT pg_sleep(0.05), current_setting('app.tenant_id', true) AS tenant,
               current_setting('statement_timeout') AS limit`,
          ),
        ),
      );
      const seen = left.flatMap(({ rows }) => rows.map(({ tenant, limit }) => `${tenant ?? ''} ${limit}`));
      assert.deepEqual([...new Set(seen)], [' 0']);
    } finally {
      await pool.end();
    }
  });

  it('reads times from a database with another DateStyle', async () => {
    await queryRows(database.url, `ALTER DATABASE ${database.name} SET DateStyle = 'German'`);
    const pool = createPool(database.url, { max: CLIENTS, name: 'test', onIdleError: () => undefined });
    try {
      const answers = await Promise.all(
        Array.from({ length: 200 }, () =>
          pool.query<{ at: Date }>("SELECT pg_sleep(0.002), timestamptz '2026-02-03 04:05:06Z' AS at"),
        ),
      );
      const times = answers.flatMap(({ rows }) => rows.map(({ at }) => at.toISOString()));
      assert.deepEqual([...new Set(times)], ['2026-02-03T04:05:06.000Z']);
    } finally {
      await pool.end();
    }
  });

  it('allows canceling the statement of one session without affecting others', async () => {
    const { pool, source } = sourceOf(CLIENTS);
    const abort = new AbortController();
    try {
      const sleeping = (seconds: number, signal: AbortSignal): Promise<boolean> =>
        source.permits(`pg_sleep(${seconds}) IS NOT NULL`, sessionOf(randomUUID()), signal);
      const aborted = assert.rejects(sleeping(60, abort.signal));
      const asleep = async (seconds: number): Promise<number> =>
        (await directly(`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '%(${seconds})%'`))
          .length;
      await until('a query that sleeps', async () => (await asleep(60)) === 1);
      const others = Array.from({ length: CLIENTS }, () => sleeping(1, new AbortController().signal));
      abort.abort();
      await aborted;
      await until('its end', async () => (await asleep(60)) === 0, 5000);
      assert((await Promise.all(others)).every(Boolean));
    } finally {
      await pool.end();
    }
  });
});
