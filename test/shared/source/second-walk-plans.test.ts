import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { segmentSql } from '../../../shared/datasets/query.js';
import { openWalks, queryOf, queryOfTable, TENANT, type Walks } from './walks.js';

describe('plans of queries along the keys', function () {
  this.timeout(60_000);
  let walks: Walks;

  before(async () => {
    walks = await openWalks();
  });
  after(async () => {
    await walks.close();
  });

  it('read only the rows near a key, however many have the same value in the column to sort by', async () => {
    const { client, walk } = walks;
    for (const sort of ['kind', '-kind']) {
      const { near } = await walk(queryOf({ sort }), { delays: [5, 0] });
      assert.ok(near.length > 10);
      for (const statement of near) assert.ok((await pagesOf(statement)) < 100, statement);
    }
    // A third of the rows: what a scan of one value would read.
    const { rows } = await client.query<{ pages: number }>(
      "SELECT (pg_relation_size('walked_tenant_id_kind_id_idx') / 8192 / 3)::int AS pages",
    );
    assert.ok((rows[0]?.pages ?? 0) > 200);
  });

  it('begin a segment at its bound, not at the first row with the same value', async () => {
    const low = ['paid', '600000'];
    const high = ['paid', '630000'];
    assert.ok((await pagesOf(segmentSql(queryOf({ sort: 'kind' }), low, high))) < 100);
    assert.ok((await pagesOf(segmentSql(queryOf({ sort: '-kind' }), high, low))) < 100);
    const across = segmentSql(queryOf({ sort: 'kind' }), ['paid', '870000'], ['sent', '30000']);
    assert.ok((await pagesOf(across)) < 200);
  });

  async function pagesOf(statement: string): Promise<number> {
    const { rows } = await walks.client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement}`,
    );
    const { 'Shared Hit Blocks': hit = 0, 'Shared Read Blocks': read = 0 } = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
    assert.ok(hit + read > 0);
    return hit + read;
  }

  it('have no second walk where no index finds a row by its key', async () => {
    const { client, walk, walkAlone } = walks;
    await client.query('CREATE TABLE keyless AS SELECT * FROM walked; CREATE INDEX ON keyless (tenant_id, tied)');
    const reader = `reader_${randomUUID().slice(0, 8)}`;
    // Comparisons of numeric aren't leakproof.
    await client.query(
      `CREATE TABLE guarded AS SELECT tenant_id, id::numeric AS id FROM walked;
       CREATE INDEX ON guarded (tenant_id, id); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
       CREATE POLICY own ON guarded USING (tenant_id = '${TENANT}');
       CREATE ROLE ${reader}; GRANT SELECT ON guarded TO ${reader}`,
    );
    await client.query('VACUUM ANALYZE keyless, guarded');
    const keyless = await walk(queryOfTable('keyless', { sort: 'tied' }));
    assert.deepEqual(keyless.bounds, await walkAlone(queryOf({ sort: 'tied' })));
    assert.deepEqual(keyless.statements, []);
    const guarded = queryOfTable('guarded');
    const behind = await walk(guarded, { role: reader });
    assert.deepEqual(behind.bounds, await walkAlone(queryOf()));
    assert.deepEqual(behind.statements, []);
    assert.notDeepEqual((await walk(guarded)).statements, [], 'the owner of the table has no policy');
    await client.query(`DROP OWNED BY ${reader}; DROP ROLE ${reader}`);
  });

  it('have no second walk where all rows would be sorted a second time', async () => {
    const { client, walk, walkAlone } = walks;
    await client.query('CREATE TABLE unsorted AS SELECT * FROM walked; ANALYZE unsorted');
    const { bounds, statements } = await walk(queryOfTable('unsorted'));
    assert.deepEqual(bounds, await walkAlone(queryOf()));
    assert.deepEqual(statements, []);
  });
});
