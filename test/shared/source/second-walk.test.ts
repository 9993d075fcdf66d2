import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryConfig } from 'pg';
import { defineDataset } from '../../../shared/datasets/define-dataset.js';
import { freezeQuery, type FrozenQuery } from '../../../shared/datasets/query.js';
import { createPool, type Pool, type PoolClient } from '../../../shared/postgres.js';
import { readBounds } from '../../../shared/source/key-bounds.js';
import type { Spare } from '../../../shared/source/second-walk.js';
import { Source } from '../../../shared/source/source.js';
import { openDatabase, type OpenDatabase } from '../../support/database.js';
import { ownedByTenant } from '../../support/owned.js';

/** More than one walk passes before there is a second one. */
const ROWS = 300_000;
const EVERY = 10_000;
const TENANT = '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01';

const walked = defineDataset({
  ...{ name: 'walked', title: 'Walked', table: 'walked', key: ['id'], tenantColumn: 'tenant_id' },
  columns: { id: { type: 'bigint' }, tied: { type: 'timestamptz' }, word: { type: 'text' } },
  sorts: ['tied', 'word'],
  filters: { id: { kind: 'range', column: 'id' } },
});
const session = { timezone: 'UTC', tenantId: TENANT, userId: 'user_1', statementTimeoutMs: 60_000 };
/** Delays with which the walks meet near the end, anywhere, and near the start. */
const DELAYS: readonly (readonly [number, number])[] = [
  [0, 20],
  [0, 0],
  [20, 0],
];
const AT_ONCE = [0, 0] as const;
const never = new AbortController().signal;

type Queries = Pick<PoolClient, 'query'>;

/** A connection that does something before each statement. */
const preceded = (client: Queries, before: (statement: unknown) => unknown): Queries => ({
  query: (async (statement: QueryConfig): Promise<unknown> => {
    await before(statement);
    return client.query(statement);
  }) as Queries['query'],
});

describe('a second walk from the last row', function () {
  this.timeout(60_000);
  let database: OpenDatabase;
  let pool: Pool;

  before(async () => {
    database = await openDatabase();
    await database.client.query(
      `CREATE TABLE walked (tenant_id uuid NOT NULL, id bigint NOT NULL, tied timestamptz NOT NULL,
         word text COLLATE "de-x-icu" NOT NULL, PRIMARY KEY (tenant_id, id));
       INSERT INTO walked SELECT CASE WHEN i % 100 = 0 THEN gen_random_uuid() ELSE '${TENANT}' END, i * 3,
           timestamptz '2026-01-01' + i / 700 * interval '1 microsecond', chr(97 + i % 26) || 'ä' || i
         FROM generate_series(1, ${ROWS}) AS i;
       CREATE INDEX ON walked (tenant_id, tied, id); CREATE INDEX ON walked (tenant_id, word, id);`,
    );
    await database.client.query('VACUUM ANALYZE walked');
    pool = createPool(database.url, { max: 3, name: 'walks', onIdleError: assert.ifError });
  });
  after(async () => {
    await pool.end();
    await database.close();
  });

  const queryOf = (request: object = {}): FrozenQuery =>
    freezeQuery(
      walked,
      { type: 'walked', format: 'CSV', columns: ['id'], filters: {}, options: {}, notify: {}, ...request },
      ownedByTenant(walked, TENANT),
      (quoted) => quoted,
    );

  interface Conditions {
    /** How much longer each query takes, ms: of the first and of the second walk. */
    readonly delays?: readonly [number, number];
    readonly spare?: Partial<Spare>;
  }
  /** @returns the bounds, and the statements of the second walk */
  async function walk(query: FrozenQuery, { delays = AT_ONCE, spare }: Conditions = {}) {
    const client = await pool.connect();
    const statements: string[] = [];
    let ended: Promise<void> = Promise.resolve();
    const use: Spare['use'] = async (snapshot, work) => {
      const second = await pool.connect();
      try {
        await second.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
        await second.query(`SET TRANSACTION SNAPSHOT '${snapshot}'`);
        const watched = preceded(second, (statement) => {
          statements.push(JSON.stringify(statement));
          return delays[1] === 0 ? undefined : sleep(delays[1]);
        });
        await work(watched);
      } finally {
        await second.query('COMMIT').catch(() => undefined);
        second.release(true);
      }
    };
    const whole: Spare = {
      isThere: () => true,
      isNeeded: () => false,
      use: (...args) => {
        ended = use(...args);
        return ended;
      },
      ...spare,
    };
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      const slowed = preceded(client, () => (delays[0] === 0 ? undefined : sleep(delays[0])));
      const bounds = await readBounds(slowed, query, EVERY, whole, EVERY);
      return { bounds, statements };
    } finally {
      await ended.catch(() => undefined);
      await client.query('COMMIT');
      client.release();
    }
  }
  async function walkAlone(query: FrozenQuery) {
    return (await walk(query, { spare: { isThere: () => false } })).bounds;
  }
  const marked = (statements: readonly string[]): number =>
    statements.filter((statement) => statement.includes('FETCH')).length;

  for (const [what, request] of [
    ['by the key', {}],
    ['by a column with equal values', { sort: 'tied' }],
    ['by texts, descending', { sort: '-word' }],
    ['with a filter', { filters: { id: { gte: 30_000, lte: 500_001 } } }],
  ] as const) {
    it(`finds the bounds that one walk finds alone: rows ordered ${what}`, async () => {
      const query = queryOf(request);
      const alone = await walkAlone(query);
      assert.ok(typeof alone !== 'string' && alone.length >= 15);
      const shares: number[] = [];
      for (const delays of DELAYS) {
        const { bounds, statements } = await walk(query, { delays });
        assert.deepEqual(bounds, alone);
        shares.push(marked(statements));
      }
      const [few = 0, , many = 0] = shares;
      assert.ok(few < many, shares.join());
      assert.ok(many > 60, shares.join());
    });
  }

  it('is optional: without a connection, or with one that breaks, the first walk continues alone', async () => {
    const query = queryOf();
    const alone = await walkAlone(query);
    const refused = await walk(query, { spare: { use: () => Promise.reject(new Error('no connection')) } });
    assert.deepEqual(refused.bounds, alone);
    let left = 12;
    const breaking = await walk(query, {
      delays: [5, 0],
      spare: { isNeeded: () => (left -= 1) < 0 },
    });
    assert.deepEqual(breaking.bounds, alone);
    assert.ok(marked(breaking.statements) > 3 && marked(breaking.statements) <= 12);
  });

  it('finds equal keys and nulls', async () => {
    const { client } = database;
    const copy = { ...queryOf(), from: `FROM twice AS t WHERE t."tenant_id" = '${TENANT}'` };
    await client.query('CREATE TABLE twice AS SELECT * FROM walked; CREATE INDEX ON twice (tenant_id, id)');
    await client.query('ANALYZE twice');
    const alone = await walkAlone(copy);
    assert.ok(typeof alone !== 'string');
    assert.deepEqual((await walk(copy, { delays: [20, 0] })).bounds, alone);
    // The row of a bound near the end, which only the second walk comes near to.
    const repeated = alone.at(-3)?.key[0] ?? '';
    await client.query('INSERT INTO twice SELECT tenant_id, id, tied, word FROM twice WHERE id = $1', [repeated]);
    assert.equal((await walk(copy, { delays: [20, 0] })).bounds, 'repeated');
    await client.query(`INSERT INTO twice VALUES ('${TENANT}', NULL, now(), '')`);
    assert.equal((await walk(copy)).bounds, 'null');
  });

  it('does not sort the rows a second time', async () => {
    const { client } = database;
    await client.query('CREATE TABLE unsorted AS SELECT * FROM walked; ANALYZE unsorted');
    const query = { ...queryOf(), from: `FROM unsorted AS t WHERE t."tenant_id" = '${TENANT}'` };
    const { bounds, statements } = await walk(query);
    assert.deepEqual(bounds, await walkAlone(queryOf()));
    assert.deepEqual(statements, []);
  });

  it('is skipped where PostgreSQL refuses to export a snapshot', async () => {
    const { client } = database;
    const reader = `reader_${randomUUID().slice(0, 8)}`;
    await client.query(
      `CREATE ROLE ${reader} LOGIN PASSWORD 'secret'; GRANT SELECT ON walked TO ${reader};
       REVOKE EXECUTE ON FUNCTION pg_export_snapshot() FROM PUBLIC`,
    );
    const url = new URL(database.url);
    url.username = reader;
    url.password = 'secret';
    const own = createPool(url.href, { max: 2, name: 'walks', onIdleError: assert.ifError });
    try {
      const bounds = await new Source(own).bounds(walked, queryOf(), EVERY, session, never);
      assert.deepEqual(bounds, await walkAlone(queryOf()));
      await assert.rejects(own.query('SELECT pg_export_snapshot()'), /permission denied/);
    } finally {
      await own.end();
      await client.query(`DROP OWNED BY ${reader}; DROP ROLE ${reader}`);
    }
  });

  it('gives up its connection if another activity waits for one, and returns it at the end', async () => {
    const own = createPool(database.url, { max: 2, name: 'walks', onIdleError: assert.ifError });
    const source = new Source(own);
    const bounds = await source.bounds(walked, queryOf(), EVERY, session, never);
    assert.deepEqual(bounds, await walkAlone(queryOf()));
    assert.equal(own.totalCount, 2, 'the second walk had its own connection');
    const taken = await own.connect();
    assert.deepEqual(await source.bounds(walked, queryOf(), EVERY, session, never), bounds);
    taken.release();
    const { rows } = await pool.query<{ open: number }>(
      `SELECT count(*) AS open FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'`,
    );
    assert.equal(rows[0]?.open, 0);
    await own.end();
  });
});
