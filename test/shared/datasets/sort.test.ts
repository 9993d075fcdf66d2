import assert from 'node:assert/strict';
import fc from 'fast-check';
import type pg from 'pg';
import type { ExportRequest } from '../../../shared/contract.js';
import { checkDataset, type ColumnType, type Dataset } from '../../../shared/datasets/define-dataset.js';
import { ownedByTenant } from '../../support/owned.js';
import {
  freezeQuery,
  sampleSql,
  segmentSql,
  selectedFirstSql,
  type FrozenQuery,
} from '../../../shared/datasets/query.js';
import { sortChoices } from '../../../shared/datasets/sort.js';
import { AS_TEXT } from '../../../shared/postgres.js';
import { cutSegments } from '../../../shared/plan/segments.js';
import { readBounds } from '../../../shared/source/key-bounds.js';
import { CREATE_TYPES, TYPES } from '../../conformance/type-values.js';
import { openDatabase, type OpenDatabase } from '../../support/database.js';
import { LONG } from '../../support/depth.js';

const TENANT = '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01';
const ROWS = 60;

/** Values for types with more edge cases than the conformance tests cover. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  numeric: ['1.0', '1.00', '1', 'NaN', 'Infinity', '-Infinity', '0.1', '-0'].map((value) => `'${value}'`),
  'double precision': ['NaN', 'Infinity', '-Infinity', '0', '-0', '0.1', '5e-324'].map((value) => `'${value}'`),
  real: ['NaN', 'Infinity', '0', '-0', '0.1'].map((value) => `'${value}'`),
  timestamptz: ['infinity', '-infinity', '2026-10-25 00:59:59.999999+00', '2026-10-25 01:00+00', '0001-01-01 BC'].map(
    (value) => `'${value}'`,
  ),
  timestamp: ['infinity', '-infinity', '2026-10-25 02:30:00.000001', '2026-10-25 02:30'].map((value) => `'${value}'`),
  interval: ['1 mon', '30 days', '720:00', '-1 day', '00:00:00.000001'].map((value) => `'${value}'`),
  'text COLLATE loose': ['a', 'A', 'á', 'Ä', 'b', 'ß', 'ss', '', "''", '\\'].map((value) => `'${value}'`),
};

const NOT_SORTABLE: readonly ColumnType[] = ['json', 'jsonb', 'other'];
const sortable = Object.entries(TYPES).filter(([, { declared }]) => !NOT_SORTABLE.includes(declared));

const dataset: Dataset = checkDataset({
  name: 'sorted',
  title: 'Sorted',
  table: 'sorted',
  key: ['a', 'b'],
  tenantColumn: 'tenant_id',
  columns: {
    a: { type: 'text' },
    b: { type: 'integer' },
    ...Object.fromEntries(sortable.map(([name, { declared }]) => [name, { type: declared }])),
  },
  sorts: ['a', 'b', ...sortable.map(([name]) => name)],
});

const frozen = (sort: string, timezone = 'UTC'): FrozenQuery => {
  const request: ExportRequest = {
    ...{ type: 'sorted', format: 'CSV', columns: ['a', 'b'], filters: {}, notify: {} },
    ...{ sort, options: { timezone } },
  };
  return freezeQuery(dataset, request, ownedByTenant(dataset, TENANT), (quoted) => quoted);
};

describe('the SQL of a sorted export', () => {
  let database: OpenDatabase;
  let client: pg.Client;

  before(async () => {
    database = await openDatabase();
    ({ client } = database);
    const columns = sortable.map(([name, { sqlType }]) => `${name} ${sqlType} NOT NULL`);
    await client.query(`${CREATE_TYPES}; SET TimeZone = 'Europe/Berlin'; SET DateStyle = 'ISO'; SET extra_float_digits = 1;
      CREATE TABLE sorted (tenant_id uuid NOT NULL, a text COLLATE "C" NOT NULL, b int NOT NULL, ${columns.join(', ')}, UNIQUE (tenant_id, a, b))`);
    const values = sortable.map(([, { sqlType, values: own }]) => {
      const base = sqlType.replace(/ COLLATE.*/, '');
      const all = [...own.filter((value) => value !== 'NULL'), ...(MORE[sqlType] ?? [])];
      return `(ARRAY[${all.map((value) => `(${value})::${base}`).join(', ')}])[1 + (i * 7) % ${all.length}]`;
    });
    // Each value in several rows, whose keys are in another order.
    await client.query(`INSERT INTO sorted SELECT '${TENANT}', chr(97 + i % 3), (i * 37) % 101, ${values.join(', ')}
      FROM generate_series(1, ${ROWS}) AS i`);
  });
  after(() => database.close());

  async function rows(sql: string): Promise<string[]> {
    const { rows: read } = await client.query<string[]>({ text: sql, rowMode: 'array', types: AS_TEXT });
    return read.map((row) => row.join(' '));
  }
  /** The rows of all segments, one after the other. */
  async function cut(query: FrozenQuery, every: number): Promise<string[][]> {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const bounds = await readBounds(client, query, every).finally(() => client.query('ROLLBACK'));
    assert.ok(typeof bounds !== 'string', 'the key has a flaw');
    const { segments } = cutSegments(bounds);
    const parts: string[][] = [];
    for (const { lower, upper } of segments) parts.push(await rows(segmentSql(query, lower, upper)));
    assert.deepEqual(
      parts.map((part) => part.length),
      segments.map((segment) => segment.rows),
    );
    return parts;
  }

  it('puts each row into exactly one segment, in the order of PostgreSQL, for every type and direction', async () => {
    const cases = fc.record({ sort: fc.constantFrom(...sortChoices(dataset)), every: fc.integer({ min: 1, max: 9 }) });
    const all = sortChoices(dataset).map((sort) => ({ sort, every: 2 }));
    for (const { sort, every } of [...all, ...fc.sample(cases, LONG ? 2000 : 50)]) {
      const [column, direction] = sort.startsWith('-') ? [sort.slice(1), 'DESC'] : [sort, 'ASC'];
      const order = [column, 'a', 'b'].map((name) => `${name} ${direction}`).join(', ');
      const parts = await cut(frozen(sort), every);
      assert.deepEqual(
        parts.flat(),
        await rows(`SELECT a, b FROM sorted ORDER BY ${order}`),
        `${sort}, every ${every}`,
      );
    }
  });

  it('reads a segment through the index, with the costs that PostgreSQL assumes by default', async () => {
    const wide = checkDataset({
      ...dataset,
      table: 'wide',
      columns: { a: { type: 'text' }, b: { type: 'integer' }, filler: { type: 'text' } },
      sorts: ['b'],
    });
    await client.query(`CREATE TABLE wide AS SELECT '${TENANT}'::uuid AS tenant_id, i::text AS a, (i * 7919) % 5000 AS b, repeat('x', 500) AS filler
        FROM generate_series(1, 50000) AS i;
      CREATE INDEX ON wide (tenant_id, b, a); ANALYZE wide; SET random_page_cost = 4`);
    for (const sort of ['b', '-b']) {
      const request: ExportRequest = {
        type: 'sorted',
        format: 'CSV',
        columns: ['a', 'filler'],
        filters: {},
        options: {},
        notify: {},
        sort,
      };
      const query = freezeQuery(wide, request, ownedByTenant(wide, TENANT), (quoted) => quoted);
      const [lower, upper] = sort === 'b' ? (['2000', '2100'] as const) : (['2100', '2000'] as const);
      const plan = (await rows(`EXPLAIN ${segmentSql(query, [lower, '5'], [upper, '5'])}`)).join('\n');
      assert.match(plan, /^Index Scan/);
    }
    await client.query('RESET random_page_cost');
  });

  it('samples the first and the last rows of the file', async () => {
    const ordered = await rows(segmentSql(frozen('-b'), null, null));
    const [first, last] = [sampleSql(frozen('-b'), 'first', 3), sampleSql(frozen('-b'), 'last', 3)];
    assert.deepEqual(await rows(first), ordered.slice(0, 3));
    assert.deepEqual(await rows(last), ordered.slice(-3).reverse());
  });

  it('selects the first rows of the file in either of two plans', async () => {
    for (const sort of ['a', '-a', 'b', '-b']) {
      const ordered = await rows(segmentSql(frozen(sort), null, null));
      for (const limit of [1, 7, ordered.length + 1]) {
        assert.deepEqual(await rows(sampleSql(frozen(sort), 'first', limit)), ordered.slice(0, limit), sort);
        assert.deepEqual(await rows(selectedFirstSql(frozen(sort), limit)), ordered.slice(0, limit), sort);
      }
    }
    const plan = (await rows(`EXPLAIN ${selectedFirstSql(frozen('-b'), 7)}`)).join('\n');
    assert.match(plan, /Limit [^\n]*\n +-> {2}Sort [^\n]*\n +Sort Key: t_1\.b DESC/);
  });

  it('cannot be built for a column that the dataset does not offer', () => {
    for (const sort of ['tenant_id', '-tenant_id', 'constructor']) {
      assert.throws(() => frozen(sort), new RangeError(`sorted can't be sorted by ${sort.replace('-', '')}`));
    }
  });

  it('names the sort column only once if it is part of the key', () => {
    assert.deepEqual(frozen('-b').key, ['t."b"', 't."a"']);
    assert.deepEqual(frozen('a').key, ['t."a"', 't."b"']);
    assert.deepEqual([frozen('-b').descending, frozen('b').descending], [true, false]);
  });
});
