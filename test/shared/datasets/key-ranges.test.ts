import assert from 'node:assert/strict';
import fc from 'fast-check';
import pg from 'pg';
import { defineDataset, type ColumnType } from '../../../shared/datasets/define-dataset.js';
import { freezeQuery, segmentSql } from '../../../shared/datasets/query.js';
import { readBounds } from '../../../shared/source/key-bounds.js';
import { cutSegments } from '../../../shared/plan/segments.js';
import { openDatabase, type OpenDatabase } from '../../support/database.js';
import { ownedByTenant } from '../../support/owned.js';

const TENANT = '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01';

/** A key column: its types in the dataset and in the table, and values as PostgreSQL literals. */
interface KeyColumn {
  readonly type: ColumnType;
  readonly sqlType: string;
  readonly value: fc.Arbitrary<string>;
}

const text = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.string({
      unit: fc.constantFrom('a', 'A', 'á', 'ä', 'ß', 's', ' ', '-', '_', "'", '"', '\\', '0', '🙂'),
      maxLength: 4,
    }),
  )
  .filter((value) => !value.includes('\0') && value.isWellFormed());
const small = fc.integer({ min: -3, max: 3 }).map(String);
const big = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const decimal = fc.tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.integer({ min: 0, max: 20 }));
const moment = fc.integer({ min: -(10 ** 14), max: 10 ** 14 });
const time = (type: string): fc.Arbitrary<string> =>
  fc.oneof(
    // Days with a clock change, in steps of a microsecond and of an hour.
    moment.map((n) => `${type} '2026-10-25 00:00:00.000001+00' + ${n} * interval '1 us'`),
    small.map((n) => `${type} '2026-10-25 00:30:00+00' + ${n} * interval '1 hour'`),
    fc.constantFrom(`${type} 'infinity'`, `${type} '-infinity'`, `${type} '0044-03-15 12:00:00 BC'`),
  );

const asLiteral = (values: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  values.map((value) => pg.escapeLiteral(value));
const COLUMNS: readonly KeyColumn[] = [
  { type: 'bigint', sqlType: 'bigint', value: asLiteral(fc.oneof(small, big)) },
  { type: 'smallint', sqlType: 'smallint', value: asLiteral(small) },
  {
    type: 'numeric',
    sqlType: 'numeric',
    value: asLiteral(
      fc.oneof(
        decimal.map(([digits, scale]) => `${digits}e-${scale}`),
        fc.constantFrom('NaN', 'Infinity', '-Infinity', '1.0', '1.00', '0', '-0'),
      ),
    ),
  },
  { type: 'double precision', sqlType: 'float8', value: asLiteral(fc.oneof(fc.double().map(String), small)) },
  { type: 'real', sqlType: 'float4', value: asLiteral(fc.oneof(fc.float().map(String), small)) },
  { type: 'boolean', sqlType: 'boolean', value: asLiteral(fc.boolean().map(String)) },
  { type: 'uuid', sqlType: 'uuid', value: asLiteral(fc.uuid()) },
  { type: 'date', sqlType: 'date', value: time('timestamp').map((value) => `(${value})::date`) },
  { type: 'timestamp', sqlType: 'timestamp', value: time('timestamp') },
  { type: 'timestamptz', sqlType: 'timestamptz', value: time('timestamptz') },
  { type: 'char', sqlType: 'char(5)', value: asLiteral(text.map((value) => /^[^]{0,5}/u.exec(value)?.[0] ?? '')) },
  { type: 'text', sqlType: 'text COLLATE "C"', value: asLiteral(text) },
  { type: 'text', sqlType: 'text COLLATE "de-x-icu"', value: asLiteral(text) },
  { type: 'text', sqlType: 'text COLLATE loose', value: asLiteral(text) },
];

const tables = fc.array(fc.constantFrom(...COLUMNS), { minLength: 1, maxLength: 3 }).chain((columns) => {
  const row = fc.tuple(...columns.map(({ value }) => value));
  const rows = fc.array(row, { maxLength: 40 });
  return fc.record({ columns: fc.constant(columns), rows, later: rows });
});

describe('segments of any table with a key of any types', () => {
  let database: OpenDatabase;
  let client: pg.Client;

  before(async () => {
    database = await openDatabase();
    ({ client } = database);
    await client.query(
      `SET timezone = 'Europe/Berlin'; SET extra_float_digits = 1; SET client_min_messages = error;
       CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`,
    );
  });
  after(() => database.close());

  /** Skips rows whose key already exists. */
  async function insert(rows: readonly (readonly string[])[]): Promise<void> {
    if (rows.length === 0) return;
    const values = rows.map((row) => `('${TENANT}', ${row.join(', ')})`).join(', ');
    await client.query(`INSERT INTO ranges VALUES ${values} ON CONFLICT DO NOTHING`);
  }
  const idsOf = async (sql: string): Promise<number[]> =>
    (await client.query<{ n: number }>(sql)).rows.map(({ n }) => n);

  it('contain each row exactly once, in key order, including rows added later up to the last bound', async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.integer({ min: 1, max: 9 }), async ({ columns, rows, later }, every) => {
        const names = columns.map((_, index) => `k${index}`);
        const definitions = columns.map(({ sqlType }, index) => `k${index} ${sqlType}`);
        await client.query(
          `DROP TABLE IF EXISTS ranges; CREATE TABLE ranges (tenant_id uuid, ${definitions.join(', ')}, n serial,
             PRIMARY KEY (tenant_id, ${names.join(', ')}))`,
        );
        await insert(rows);
        const dataset = defineDataset({
          name: 'ranges',
          title: 'Ranges',
          table: 'ranges',
          key: names,
          tenantColumn: 'tenant_id',
          columns: { n: { type: 'integer' }, ...Object.fromEntries(columns.map(({ type }, i) => [`k${i}`, { type }])) },
        });
        const request = { type: 'ranges', format: 'CSV', columns: ['n'], filters: {}, options: {}, notify: {} };
        const query = freezeQuery(dataset, request, ownedByTenant(dataset, TENANT), (quoted) => quoted);
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
        const bounds = await readBounds(client, query, every).finally(() => client.query('COMMIT'));
        assert.ok(typeof bounds !== 'string');
        const { segments, totalRows } = cutSegments(bounds);
        const all = `SELECT n FROM ranges ORDER BY ${names.join(', ')}`;
        const inSegments = async (): Promise<number[][]> => {
          const read: number[][] = [];
          for (const { lower, upper } of segments) read.push(await idsOf(segmentSql(query, lower, upper)));
          return read;
        };

        const before = await idsOf(all);
        const pieces = await inSegments();
        assert.deepEqual(pieces.flat(), before);
        assert.equal(totalRows, before.length);
        assert.deepEqual(
          pieces.map(({ length }) => length),
          segments.map((segment) => segment.rows),
        );

        await insert(later);
        const after = await idsOf(all);
        const last = before.at(-1);
        const end = last === undefined ? after.length : after.indexOf(last) + 1;
        assert.deepEqual((await inSegments()).flat(), after.slice(0, end));
      }),
      { numRuns: 100 },
    );
  });
});
