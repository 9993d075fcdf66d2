import assert from 'node:assert/strict';
import type pg from 'pg';
import type { FilterValue, Scalar } from '../../../shared/contract.js';
import {
  defineDataset,
  type ColumnDefinition,
  type ColumnType,
  type FilterDefinition,
} from '../../../shared/datasets/define-dataset.js';
import { createRegistry } from '../../../shared/datasets/index.js';
import { freezeQuery } from '../../../shared/datasets/query.js';
import { parseExportRequest } from '../../../shared/request/request.js';
import { createRequestSchema } from '../../../shared/request/request-schema.js';
import { openDatabase, type OpenDatabase } from '../../support/database.js';
import { CREATE_TYPES, TYPES } from '../../conformance/type-values.js';
import { ownedByTenant } from '../../support/owned.js';

const TENANT = '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01';

/** Valid filter values, each likely to fall between a column's own values. */
const SENT: Partial<Record<ColumnType, readonly Scalar[]>> = {
  smallint: [0, '-32768', 32767],
  integer: [0, '-2147483648', 40000],
  bigint: ['9223372036854775807', 0],
  numeric: [0, '-0.10', '1e400'],
  real: [0, '0.1', '3.4e38'],
  'double precision': ['5e-324', 0.1, '-1e300'],
  boolean: [true, false],
  text: ['', '=1+1', '🙂', "O'Neill \\", 'x'.repeat(100)],
  char: ['a', '=1', ' x', ''],
  uuid: ['ffffffff-0000-4000-8000-00000000000A', '00000000-0000-0000-0000-000000000000'],
  date: ['0001-01-01', '9999-12-31'],
  time: ['00:00', '23:59:59.999999'],
  timestamp: ['2026-03-29', '2026-03-29T02:30'],
  timestamptz: ['2026-10-25T01:30:00+00:00', '2026-10-25', '2026-10-25T02:30'],
  interval: ['P-1D', 'PT0S', 'P1M-1DT2H3M4.5S', 'P999999Y9999999DT9999999H'],
  inet: ['10.0.0.1', '10.0.0.1/8', '::1', '2001:db8::/32'],
};

const comparable = Object.entries(TYPES).filter(([, { declared, sqlType }]) => declared in SENT && sqlType !== 'mood');
/** The type for the comparison, if the column's own type would truncate or reject the value. */
const COMPARED_AS: Readonly<Record<string, string>> = {
  'char(5)': 'bpchar',
  'varchar(6)': 'text',
  'numeric(10, 2)': 'numeric',
  amount: 'numeric',
  cidr: 'inet',
  'text COLLATE loose': 'text',
};
const kinds = ['range', 'equals', 'one_of'] as const;

const columns: Readonly<Record<string, ColumnDefinition>> = {
  id: { type: 'integer' },
  ...Object.fromEntries(comparable.map(([name, { declared }]) => [name, { type: declared }])),
};
const filters: Record<string, FilterDefinition> = { search: { kind: 'contains', column: 'accentless' } };
for (const [column] of comparable) for (const kind of kinds) filters[`${kind} of ${column}`] = { kind, column };
const edges = defineDataset({
  name: 'edges',
  title: 'Every type',
  table: 'edges',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns,
  filters,
});
const registry = createRegistry([edges]);
const schema = createRequestSchema(registry);

describe('a filter on a column of any comparable type finds the rows that PostgreSQL finds:', () => {
  let database: OpenDatabase;
  let client: pg.Client;

  before(async () => {
    database = await openDatabase();
    ({ client } = database);
    await client.query(`${CREATE_TYPES}; SET TimeZone = 'Europe/Berlin'`);
    const items = comparable.map(([name, { sqlType }]) => `${name} ${sqlType}`);
    await client.query(`CREATE TABLE edges (id serial PRIMARY KEY, tenant_id uuid, ${items.join(', ')})`);
    for (const [name, { sqlType, values }] of comparable) {
      const rows = values.map((value) => `('${TENANT}', (${value})::${sqlType.replace(/ COLLATE.*/, '')})`);
      await client.query(`INSERT INTO edges (tenant_id, ${name}) VALUES ${rows.join(', ')}`);
    }
  });
  after(() => database.close());

  /** The ids that a request with this filter finds. */
  async function found(filter: string, value: FilterValue): Promise<number[]> {
    const body = { type: 'edges', format: 'csv', filters: { [filter]: value }, options: { timezone: 'Europe/Berlin' } };
    const request = { ...parseExportRequest(body, schema, registry), notify: {} };
    const query = freezeQuery(edges, request, ownedByTenant(edges, TENANT), (quoted) => quoted);
    const { rows } = await client.query<{ id: number }>(`${query.select} ORDER BY id`);
    return rows.map(({ id }) => id);
  }
  /** The ids that PostgreSQL finds with the same values as parameters of the column's type. */
  async function wanted(condition: string, type: string, values: readonly Scalar[]): Promise<number[]> {
    const cast = COMPARED_AS[type] ?? type;
    const text = condition.replaceAll(/\$\d/g, (parameter) => `${parameter}::text::${cast}`);
    const { rows } = await client.query<{ id: number }>(
      `SELECT id FROM edges WHERE ${text} ORDER BY id`,
      values.map(String),
    );
    return rows.map(({ id }) => id);
  }

  for (const [name, { declared, sqlType }] of comparable) {
    it(`${sqlType} as ${declared}`, async () => {
      const values = SENT[declared] ?? [];
      for (const value of values) {
        assert.deepEqual(await found(`equals of ${name}`, value), await wanted(`${name} = $1`, sqlType, [value]));
        for (const [end, operator] of [
          ['gt', '>'],
          ['gte', '>='],
          ['lt', '<'],
          ['lte', '<='],
        ] as const) {
          const ids = await wanted(`${name} ${operator} $1`, sqlType, [value]);
          assert.deepEqual(await found(`range of ${name}`, { [end]: value }), ids, `${operator} ${value}`);
        }
      }
      const any = values.map((_, index) => `${name} = $${index + 1}`).join(' OR ');
      assert.deepEqual(await found(`one_of of ${name}`, values), await wanted(any, sqlType, values));
    });
  }

  it('days up to and including the last one, even when the clocks change', async () => {
    await client.query(`CREATE TABLE moments (id serial PRIMARY KEY, tenant_id uuid, day date, wall timestamp, zoned timestamptz);
      INSERT INTO moments (tenant_id, day, wall, zoned)
        SELECT '${TENANT}'::uuid, at::date, at, at AT TIME ZONE 'Europe/Berlin'
        FROM generate_series(timestamp '2026-03-27', '2026-03-31 23:59:59.999999', '30 min') AS at
        UNION ALL SELECT '${TENANT}'::uuid, at::date, at::timestamp, at::timestamp AT TIME ZONE 'Europe/Berlin'
        FROM unnest('{2026-03-29 23:59:59.999999,2026-03-30 00:00,infinity,-infinity,9999-12-31 23:59:59.999999}'::text[]) AS at`);
    const moments = defineDataset({
      ...{ name: 'moments', title: 'Moments', table: 'moments', key: ['id'], tenantColumn: 'tenant_id' },
      columns: { day: { type: 'date' }, wall: { type: 'timestamp' }, zoned: { type: 'timestamptz' } },
      filters: {
        day: { kind: 'date_range', column: 'day' },
        wall: { kind: 'date_range', column: 'wall' },
        zoned: { kind: 'date_range', column: 'zoned' },
      },
    });
    const known = createRegistry([moments]);
    const dayOf = { day: 'day', wall: 'wall::date', zoned: `(zoned AT TIME ZONE 'Europe/Berlin')::date` };
    for (const [column, day] of Object.entries(dayOf)) {
      for (const [from, to] of [
        ['2026-03-29', '2026-03-29'],
        ['2026-03-28', '2026-03-30'],
        [undefined, '2026-03-29'],
        ['2026-03-29', undefined],
        ['2026-03-30', '9999-12-31'],
      ]) {
        const body = {
          type: 'moments',
          format: 'csv',
          filters: { [column]: { from, to } },
          options: { timezone: 'Europe/Berlin' },
        };
        const request = { ...parseExportRequest(body, createRequestSchema(known), known), notify: {} };
        const { from: rows } = freezeQuery(moments, request, ownedByTenant(moments, TENANT), (quoted) => quoted);
        const ids = await client.query(`SELECT id ${rows} ORDER BY id`);
        const expected = await client.query(
          `SELECT id FROM moments WHERE ${day} BETWEEN coalesce($1, '-infinity')::date AND coalesce($2, 'infinity')::date ORDER BY id`,
          [from, to],
        );
        assert.ok(expected.rowCount !== null && expected.rowCount > 0);
        assert.deepEqual(ids.rows, expected.rows, `${column} ${from ?? ''} to ${to ?? ''}`);
      }
    }
  });

  it('substrings, compared exactly under a collation that ignores accents', async () => {
    assert.equal((await found('search', 'ULL')).length, 1);
    assert.deepEqual(await found('search', 'Ü'), []);
  });

  it('the exact text of a column, however its collation lowercases it', async () => {
    const searched = defineDataset({
      ...{ name: 'searched', title: 'Searched', table: 'searched', key: ['id'], tenantColumn: 'tenant_id' },
      columns: { id: { type: 'integer' }, plain: { type: 'text' }, turkish: { type: 'text' }, usual: { type: 'text' } },
      filters: Object.fromEntries(
        (['plain', 'turkish', 'usual'] as const).map((column) => [column, { kind: 'contains' as const, column }]),
      ),
    });
    await client.query(
      `CREATE COLLATION IF NOT EXISTS turkish (provider = icu, locale = 'tr-TR');
       CREATE TABLE searched (id int PRIMARY KEY, tenant_id uuid, plain text COLLATE "C", turkish text COLLATE turkish, usual text)`,
    );
    const texts = ['ÄÖÜ', 'ISTANBUL', 'İstanbul', 'ılık', 'Straße', 'ΣΑΣ'];
    for (const [id, text] of texts.entries()) {
      await client.query('INSERT INTO searched VALUES ($1, $2, $3, $3, $3)', [id, TENANT, text]);
    }
    for (const column of ['plain', 'turkish', 'usual']) {
      for (const [id, text] of texts.entries()) {
        const request = {
          type: 'searched',
          format: 'CSV',
          columns: ['id'],
          filters: { [column]: text },
          options: {},
          notify: {},
        };
        const { select } = freezeQuery(searched, request, ownedByTenant(searched, TENANT), (quoted) => quoted);
        const { rows } = await client.query<{ id: number }>(select);
        assert.ok(
          rows.some((row) => row.id === id),
          `${text} in ${column}`,
        );
      }
    }
  });

  it('is_null matches a composite value only if it is null itself, not if all its fields are', async () => {
    const pairs = defineDataset({
      ...{ name: 'pairs', title: 'Pairs', table: 'pairs', key: ['id'], tenantColumn: 'tenant_id' },
      columns: { id: { type: 'integer' }, pair: { type: 'other' } },
      filters: { none: { kind: 'is_null', column: 'pair' } },
    });
    await client.query(
      `CREATE TYPE two_texts AS (a text, b text);
       CREATE TABLE pairs (id int PRIMARY KEY, tenant_id uuid, pair two_texts);
       INSERT INTO pairs VALUES (1, '${TENANT}', NULL), (2, '${TENANT}', '(,)'), (3, '${TENANT}', '(a,)'), (4, '${TENANT}', '(a,b)')`,
    );
    const foundWith = async (none: boolean): Promise<number[]> => {
      const request = { type: 'pairs', format: 'CSV', columns: ['id'], filters: { none }, options: {}, notify: {} };
      const { select } = freezeQuery(pairs, request, ownedByTenant(pairs, TENANT), (quoted) => quoted);
      return (await client.query<{ id: number }>(`${select} ORDER BY id`)).rows.map(({ id }) => id);
    };
    assert.deepEqual(await foundWith(true), [1]);
    assert.deepEqual(await foundWith(false), [2, 3, 4]);
  });
});
