import assert from 'node:assert/strict';
import fc from 'fast-check';
import pg from 'pg';
import type { ExportRequest, FilterValue } from '../../../shared/contract.js';
import { defineDataset } from '../../../shared/datasets/define-dataset.js';
import { freezeQuery, sampleSql, segmentSql, type FrozenQuery } from '../../../shared/datasets/query.js';
import { MAX_BOUNDS, readBounds } from '../../../shared/source/key-bounds.js';
import type { Bound, KeyBound } from '../../../shared/plan/segments.js';
import { openDatabase, type OpenDatabase } from '../../support/database.js';
import { DEEP } from '../../support/depth.js';
import { ownedByTenant } from '../../support/owned.js';

const TENANT = '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01';
const OTHER = '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e02';

/** Every name would break SQL that forgot to quote it. */
const odd = defineDataset({
  name: 'odd',
  title: 'Odd names',
  schema: 'my "schema"',
  table: 'order',
  key: ['user', 'Key, too'],
  tenantColumn: `tenant'"id`,
  columns: { user: { type: 'text' }, 'Key, too': { type: 'integer' }, SELECT: { type: 'text' }, '"': { type: 'text' } },
  filters: {
    is: { kind: 'equals', column: 'SELECT' },
    among: { kind: 'one_of', column: 'SELECT' },
    none: { kind: 'is_null', column: 'SELECT' },
    between: { kind: 'range', column: 'SELECT' },
  },
});

const request = (filters: Record<string, FilterValue>, columns = Object.keys(odd.columns)): ExportRequest => ({
  type: 'odd',
  format: 'CSV',
  columns,
  filters,
  options: { timezone: 'UTC' },
  notify: {},
});

const query = (filters: Record<string, FilterValue> = {}) =>
  freezeQuery(odd, request(filters), ownedByTenant(odd, TENANT), (quoted) => quoted);

/** Text that a client can send: no NUL, no lone surrogates. */
const text = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom("'", '"', '\\', ';', '--', '/*', '$1', '$$', ' OR ', '1=1', '\n', '%', '🙂', "E'"),
    }),
  )
  .filter((value) => !value.includes('\0') && value.isWellFormed());

describe('the SQL of an export', () => {
  let database: OpenDatabase;
  let client: pg.Client;

  before(async () => {
    database = await openDatabase();
    ({ client } = database);
    await client.query(`CREATE SCHEMA "my ""schema""";
      CREATE TABLE "my ""schema"""."order" ("tenant'""id" uuid, "user" text COLLATE "C", "Key, too" int, "SELECT" text, """" text)`);
  });
  after(() => database.close());

  async function fill(rows: readonly (readonly [string, number, string])[], tenant = TENANT): Promise<void> {
    await client.query(
      `INSERT INTO "my ""schema"""."order" SELECT $1, u, k, s, 'x' FROM unnest($2::text[], $3::int[], $4::text[]) AS t (u, k, s)`,
      [tenant, rows.map(([user]) => user), rows.map(([, key]) => key), rows.map(([, , value]) => value)],
    );
  }
  const empty = () => client.query('TRUNCATE "my ""schema"""."order"');
  async function keys(sql: string): Promise<unknown[][]> {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    return rows.map((row) => row.slice(0, 2));
  }
  async function boundsOf(frozen: FrozenQuery, every: number): ReturnType<typeof readBounds> {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    return readBounds(client, frozen, every).finally(() => client.query('ROLLBACK'));
  }
  async function soundBounds(frozen: FrozenQuery, every: number): Promise<Bound[]> {
    const bounds = await boundsOf(frozen, every);
    assert.ok(typeof bounds !== 'string', `the key has a flaw`);
    return bounds;
  }
  beforeEach(empty);

  it('quotes every name, and reads the rows of one tenant only', async () => {
    await fill([['a', 1, 'mine']]);
    await fill([['b', 2, 'not mine']], OTHER);
    assert.deepEqual(await keys(segmentSql(query(), null, null)), [['a', 1]]);
    const { fields } = await client.query(segmentSql(query(), null, null));
    assert.deepEqual(
      fields.map(({ name }) => name),
      Object.keys(odd.columns),
    );
  });

  it('finds exactly the rows whose text equals the filter, for any text', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        await empty();
        await fill([
          ['a', 1, value],
          ['b', 2, `${value}'`],
        ]);
        await fill([['c', 3, value]], OTHER);
        const filters: readonly Record<string, FilterValue>[] = [
          { is: value },
          { among: [value, `${value} OR true`] },
          { between: { gte: value, lte: value } },
        ];
        for (const filter of filters) {
          assert.deepEqual(await keys(segmentSql(query(filter), null, null)), [['a', 1]]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('splits keys of two columns with any text, so that each row is in one segment', async () => {
    const row = fc.tuple(text, fc.integer({ min: -3, max: 3 }));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(row, { maxLength: 12, selector: String }),
        fc.integer({ min: 1, max: 4 }),
        async (rows, every) => {
          await empty();
          await fill(rows.map(([user, key]) => [user, key, '']));
          const bounds = await soundBounds(query(), every);
          assert.equal(bounds.length, Math.ceil(rows.length / every));
          const uppers: (KeyBound | null)[] = [null, ...bounds.map(({ key }) => key)];
          const pieces: unknown[][][] = [];
          for (const [index, lower] of uppers.slice(0, -1).entries()) {
            pieces.push(await keys(segmentSql(query(), lower, uppers[index + 1] ?? null)));
          }
          assert.deepEqual(pieces.flat(), await keys(segmentSql(query(), null, null)));
          assert.ok(pieces.slice(0, -1).every((piece) => piece.length === every));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('counts all rows, even if it keeps fewer bounds than requested', async () => {
    const series = (rows: number): FrozenQuery => ({
      select: '',
      from: `FROM generate_series(1, ${rows}) AS id WHERE true`,
      key: ['id'],
      descending: false,
    });
    for (const rows of DEEP
      ? [0, 1, MAX_BOUNDS - 1, MAX_BOUNDS, MAX_BOUNDS + 1, 5 * MAX_BOUNDS + 1]
      : [0, 1, MAX_BOUNDS + 1]) {
      const bounds = await soundBounds(series(rows), 1);
      assert.ok(bounds.length <= MAX_BOUNDS);
      for (const { n, key } of bounds) assert.deepEqual(key, [String(n)]);
      assert.equal(bounds.at(-1)?.n ?? 0, rows);
      const steps = bounds.slice(0, -1).map(({ n }, index) => n - (bounds[index - 1]?.n ?? 0));
      assert.ok(new Set(steps).size <= 1, 'all but the last have the same number of rows');
    }
  });

  it('detects a null in any column of the key', async () => {
    for (const column of odd.key.map((name) => pg.escapeIdentifier(name))) {
      await empty();
      await fill([
        ['a', 1, ''],
        ['b', 2, ''],
        ['c', 3, ''],
      ]);
      await soundBounds(query(), 1);
      await client.query(`UPDATE "my ""schema"""."order" SET ${column} = NULL WHERE "user" = 'b'`);
      assert.equal(await boundsOf(query(), 1), 'null');
    }
  });

  it('detects a duplicate key at any bound', async () => {
    /** Every key occurs in two consecutive rows, starting with row 2 - `shift`. */
    const twins = (rows: number, shift: number): FrozenQuery => ({
      select: '',
      from: `FROM (SELECT (i + ${shift}) / 2 AS id FROM generate_series(1, ${rows}) AS i) AS t WHERE true`,
      key: ['id'],
      descending: false,
    });
    for (const every of [1, 2, 3, 4, 7, 50, 1000]) {
      for (const shift of [0, 1]) {
        assert.equal(await boundsOf(twins(101 - shift, shift), every), 'repeated', `every ${every}, shift ${shift}`);
      }
      const rows = Array.from({ length: 100 }, (_, index) => index + 1);
      const numbered: FrozenQuery = {
        select: '',
        from: 'FROM generate_series(1, 100) AS id WHERE true',
        key: ['id'],
        descending: false,
      };
      const bounds = await soundBounds(numbered, every);
      const wanted = rows.filter((n) => n % every === 0 || n === 100);
      assert.deepEqual(
        bounds,
        wanted.map((n) => ({ n, key: [String(n)] })),
      );
    }
  });

  it('samples both ends of the key', async () => {
    await fill(Array.from({ length: 9 }, (_, index) => ['a', index, '']));
    const first = await keys(sampleSql(query(), 'first', 2));
    const last = await keys(sampleSql(query(), 'last', 2));
    assert.deepEqual(
      [...first, ...last],
      [0, 1, 8, 7].map((key) => ['a', key]),
    );
  });

  it('renders columns as the format requires, under their own names, and leaves inputs unchanged', async () => {
    await fill([['a', 1, 'x']]);
    const render = (quoted: string): string => (quoted === '"user"' ? `upper(${quoted})` : quoted);
    const quoted = request({}, ['user', 'SELECT']);
    const { select } = freezeQuery(odd, quoted, ownedByTenant(odd, TENANT), render, { inputs: ['Key, too'] });
    assert.deepEqual((await client.query(select)).rows, [{ user: 'A', SELECT: 'x', 'Key, too': 1 }]);
  });

  it('finds the rows without a value, and those with one', async () => {
    await fill([['a', 1, 'x']]);
    await client.query('UPDATE "my ""schema"""."order" SET "SELECT" = NULL');
    await fill([['b', 2, 'y']]);
    assert.deepEqual(await keys(query({ none: true }).select), [['a', 1]]);
    assert.deepEqual(await keys(query({ none: false }).select), [['b', 2]]);
  });
});
