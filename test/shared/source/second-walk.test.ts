import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool } from '../../../shared/postgres.js';
import { Source } from '../../../shared/source/source.js';
import { EVERY, openWalks, queryOf, queryOfTable, TENANT, walked, type Walks } from './walks.js';

const session = { timezone: 'UTC', tenantId: TENANT, userId: 'user_1', statementTimeoutMs: 60_000 };
/** Delays with which the walks meet near the end, anywhere, and near the start. */
const DELAYS: readonly (readonly [number, number])[] = [
  [0, 20],
  [0, 0],
  [20, 0],
];
const never = new AbortController().signal;

describe('a second walk from the last row', function () {
  this.timeout(60_000);
  let walks: Walks;

  before(async () => {
    walks = await openWalks();
  });
  after(async () => {
    await walks.close();
  });

  const marked = (statements: readonly string[]): number =>
    statements.filter((statement) => statement.includes('FETCH')).length;

  for (const [what, request] of [
    ['by the key', {}],
    ['by a column with equal values', { sort: 'tied' }],
    ['by texts, descending', { sort: '-word' }],
    ['by a column with three values', { sort: 'kind' }],
    ['by a column with three values, descending', { sort: '-kind' }],
    ['with a filter', { filters: { id: { gte: 30_000, lte: 500_001 } } }],
  ] as const) {
    it(`finds the bounds that one walk finds alone: rows ordered ${what}`, async () => {
      const query = queryOf(request);
      const alone = await walks.walkAlone(query);
      assert.ok(typeof alone !== 'string' && alone.length >= 15);
      const shares: number[] = [];
      for (const delays of DELAYS) {
        const { bounds, statements } = await walks.walk(query, { delays });
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
    const alone = await walks.walkAlone(query);
    const refused = await walks.walk(query, { spare: { use: () => Promise.reject(new Error('no connection')) } });
    assert.deepEqual(refused.bounds, alone);
    let left = 12;
    const breaking = await walks.walk(query, {
      delays: [5, 0],
      spare: { isNeeded: () => (left -= 1) < 0 },
    });
    assert.deepEqual(breaking.bounds, alone);
    assert.ok(marked(breaking.statements) > 3 && marked(breaking.statements) <= 12);
  });

  it('finds equal keys and nulls', async () => {
    const { client } = walks;
    const copy = queryOfTable('twice');
    await client.query('CREATE TABLE twice AS SELECT * FROM walked; CREATE INDEX ON twice (tenant_id, id)');
    await client.query('ANALYZE twice');
    const alone = await walks.walkAlone(copy);
    assert.ok(typeof alone !== 'string');
    assert.deepEqual((await walks.walk(copy, { delays: [20, 0] })).bounds, alone);
    // The row of a bound near the end, which only the second walk comes near to.
    const repeated = alone.at(-3)?.key[0] ?? '';
    await client.query('INSERT INTO twice SELECT tenant_id, id, tied, word FROM twice WHERE id = $1', [repeated]);
    assert.equal((await walks.walk(copy, { delays: [20, 0] })).bounds, 'repeated');
    await client.query(`INSERT INTO twice VALUES ('${TENANT}', NULL, now(), '')`);
    assert.equal((await walks.walk(copy)).bounds, 'null');
  });

  it('is skipped where PostgreSQL refuses to export a snapshot', async () => {
    const { client } = walks;
    const reader = `reader_${randomUUID().slice(0, 8)}`;
    await client.query(
      `CREATE ROLE ${reader} LOGIN PASSWORD 'secret'; GRANT SELECT ON walked TO ${reader};
       REVOKE EXECUTE ON FUNCTION pg_export_snapshot() FROM PUBLIC`,
    );
    const url = new URL(walks.url);
    url.username = reader;
    url.password = 'secret';
    const own = createPool(url.href, { max: 2, name: 'walks', onIdleError: assert.ifError });
    try {
      const bounds = await new Source(own).bounds(walked, queryOf(), EVERY, session, never);
      assert.deepEqual(bounds, await walks.walkAlone(queryOf()));
      await assert.rejects(own.query('SELECT pg_export_snapshot()'), /permission denied/);
    } finally {
      await own.end();
      await client.query(`DROP OWNED BY ${reader}; DROP ROLE ${reader}`);
    }
  });

  it('ends with the first one, even within a long query', async () => {
    const own = createPool(walks.url, { max: 2, name: 'walks', onIdleError: assert.ifError });
    const { from } = queryOf();
    const slow = `${from} AND (current_query() NOT LIKE 'FETCH RELATIVE%' OR pg_sleep(0.1) IS NOT NULL)`;
    const bounds = await new Source(own).bounds(walked, { ...queryOf(), from: slow }, EVERY, session, never);
    assert.deepEqual(bounds, await walks.walkAlone(queryOf()));
    const walking = async (): Promise<number> => {
      const { rows } = await walks.pool.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'FETCH RELATIVE%'",
      );
      return rows.length;
    };
    assert.equal(await walking(), 1);
    while ((await walking()) > 0) await sleep(50);
    await own.end();
  });

  it('gives up its connection if another activity waits for one, and returns it at the end', async () => {
    const own = createPool(walks.url, { max: 2, name: 'walks', onIdleError: assert.ifError });
    const source = new Source(own);
    const bounds = await source.bounds(walked, queryOf(), EVERY, session, never);
    assert.deepEqual(bounds, await walks.walkAlone(queryOf()));
    assert.equal(own.totalCount, 2, 'the second walk had its own connection');
    const taken = await own.connect();
    assert.deepEqual(await source.bounds(walked, queryOf(), EVERY, session, never), bounds);
    taken.release();
    const { rows } = await walks.pool.query<{ open: number }>(
      `SELECT count(*) AS open FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'`,
    );
    assert.equal(rows[0]?.open, 0);
    await own.end();
  });
});
