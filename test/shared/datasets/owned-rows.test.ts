import assert from 'node:assert/strict';
import type pg from 'pg';
import fc from 'fast-check';
import { defineDataset } from '../../../shared/datasets/define-dataset.js';
import { ownedBy } from '../../../shared/datasets/owned-rows.js';
import { freezeQuery, segmentSql } from '../../../shared/datasets/query.js';
import { readCatalog } from '../../../shared/source/read-catalog.js';
import { openDatabase, type OpenDatabase } from '../../support/database.js';

const CREATE = `
  CREATE EXTENSION citext;
  CREATE TYPE plan AS ENUM ('free', 'Pro', ' 17', '17');
  CREATE DOMAIN account AS bigint CHECK (VALUE > -10);
  CREATE DOMAIN slug AS varchar(40);
  CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`;

const WHOLE = ['17', '0', '-5', '32767'];
const TEXTS = ['17', ' 17', '17 ', 'user_42', 'User_42', 'ärger', 'arger', 'a\\b', "o'neil", 'auth0|5f7c', 'Ⅻ', 'XII'];
/** All but the last twelve digits of a UUID. */
const FIRST_DIGITS = '00000000-0000-4000-8000-';
const UUID = '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01';

/** Values of a tenant column by its SQL type. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  smallint: [...WHOLE, '-32768'],
  integer: [...WHOLE, '2147483647', '-2147483648'],
  bigint: [...WHOLE, '9223372036854775807', '-9223372036854775808'],
  'numeric(30)': [...WHOLE, '9223372036854775808'],
  account: ['17', '0', '-5'],
  text: TEXTS,
  'varchar(12)': TEXTS,
  slug: TEXTS,
  'char(12)': ['17', ' 17', 'user_42', 'User_42', 'abc'],
  citext: ['User_42', 'ÄRGER', '17'],
  'text COLLATE loose': ['User_42', 'ärger', '17'],
  'text COLLATE "de-x-icu"': TEXTS,
  name: TEXTS,
  uuid: [UUID, 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  plan: ['free', 'Pro', '17', ' 17'],
  inet: ['10.0.0.1/32', '::/0'],
  'double precision': ['17', '0.5'],
  jsonb: ['17', '"user_42"'],
  'integer[]': ['{17}'],
  date: ['2026-01-31'],
};

/** Ids that look like a value of some type. */
const IDS = [
  ...new Set(Object.values(COLUMNS).flat()),
  ...[' 17', '+17', '17.0', '017', '1e3', '1_000', '0x11', '0b1', '１７', '17\u00a0', '-0', 'NaN', 'Infinity', 'null'],
  ...['32768', '-32769', '2147483648', '9223372036854775808', '-9223372036854775809', '9'.repeat(255)],
  ...['user_42 ', 'USER_42', 'usër_42', 'PRO', 'ÄRGER', 'arger', 'a\u0308rger', '%', "'; DROP TABLE owned_0; --"],
  ...[`{${UUID}}`, UUID.toUpperCase(), UUID.replaceAll('-', ''), 'tomorrow', 'now', 'true', 'x'.repeat(255)],
];

interface Row {
  readonly id: number;
}

describe('rows of a tenant', () => {
  let database: OpenDatabase;
  let client: pg.Client;
  const tables = Object.entries(COLUMNS).map(([sqlType, values], index) => ({
    ...{ sqlType, values, table: `owned_${index}` },
    dataset: defineDataset({
      ...{ name: `owned_${index}`, title: 'Owned', table: `owned_${index}`, key: ['id'], tenantColumn: 'Tenant "x"' },
      columns: { id: { type: 'integer' } },
    }),
  }));
  before(async () => {
    database = await openDatabase();
    ({ client } = database);
    await client.query(CREATE);
    for (const { sqlType, values, table } of tables) {
      await client.query(`CREATE TABLE ${table} (id serial PRIMARY KEY, "Tenant ""x""" ${sqlType})`);
      await client.query(
        `INSERT INTO ${table} ("Tenant ""x""") SELECT v::text::${typeOf(sqlType)} FROM unnest($1::text[]) v`,
        [values],
      );
      await client.query(`INSERT INTO ${table} ("Tenant ""x""") VALUES (NULL)`);
    }
  });
  after(() => database.close());

  const typeOf = (sqlType: string): string => sqlType.replace(/ COLLATE .*/, '');

  async function rowsOf({ dataset }: (typeof tables)[number], tenantId: string): Promise<Row[]> {
    const catalog = await readCatalog(client, dataset);
    assert.ok(catalog);
    const owned = ownedBy(dataset, { tenantId }, catalog.columns);
    const request = { type: dataset.name, format: 'CSV', columns: ['id'], filters: {}, options: {}, notify: {} };
    const { select } = freezeQuery(dataset, request, owned, (quoted) => quoted);
    return (await client.query<Row>(`${select} ORDER BY id`)).rows;
  }

  async function sameText({ table }: (typeof tables)[number], tenantId: string): Promise<Row[]> {
    const sql = `SELECT id FROM ${table} WHERE "Tenant ""x"""::text COLLATE "C" = $1 ORDER BY id`;
    return (await client.query<Row>(sql, [tenantId])).rows;
  }

  for (const table of tables) {
    it(`with a tenant column of type ${table.sqlType} are those whose tenant, as text, equals its id`, async () => {
      for (const id of IDS) assert.deepEqual(await rowsOf(table, id), await sameText(table, id), id);
      for (const value of table.values.filter((text) => !text.endsWith(' '))) {
        assert.equal((await rowsOf(table, value)).length, 1, value);
      }
    });
  }

  it('are never found for another id, whatever characters it contains', async () => {
    const id = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
      fc.bigInt().map(String),
      fc.constantFrom(...IDS),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...tables), id, async (table, text) => {
        fc.pre(text.isWellFormed() && !text.includes('\0'));
        assert.deepEqual(await rowsOf(table, text), await sameText(table, text));
      }),
      { numRuns: 300 },
    );
  });

  for (const sqlType of [
    'uuid',
    'bigint',
    'integer',
    'smallint',
    'numeric(30)',
    'text',
    'varchar(12)',
    'char(12)',
    'citext',
    'text COLLATE loose',
    'account',
  ]) {
    it(`with a tenant column of type ${sqlType} are found by an index that serves the export's query`, async () => {
      const table = `indexed`;
      await client.query(`CREATE TABLE ${table} (id integer, tenant ${sqlType})`);
      await client.query(
        `INSERT INTO ${table} SELECT n, ${sqlType === 'uuid' ? `('${FIRST_DIGITS}' || lpad((n % 100)::text, 12, '0'))` : '(n % 100)::text'}::${typeOf(sqlType)}
         FROM generate_series(1, 5000) AS n`,
      );
      await client.query(`CREATE UNIQUE INDEX ON ${table} (tenant, id); ANALYZE ${table}`);
      const dataset = defineDataset({
        ...{
          name: table,
          title: 'Indexed',
          table,
          key: ['id'],
          tenantColumn: 'tenant',
          columns: { id: { type: 'integer' } },
        },
      });
      const catalog = await readCatalog(client, dataset);
      assert.ok(catalog);
      const tenantId = sqlType === 'uuid' ? `${FIRST_DIGITS}000000000017` : '17';
      const query = freezeQuery(
        dataset,
        { type: table, format: 'CSV', columns: ['id'], filters: {}, options: {}, notify: {} },
        ownedBy(dataset, { tenantId }, catalog.columns),
        (quoted) => quoted,
      );
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${segmentSql(query, ['30'], null)}`);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      // PostgreSQL shows a varchar and a domain as their base type, which costs nothing; no other column is cast.
      const base = sqlType.startsWith('varchar') ? 'text' : 'bigint';
      const isShownAsBase = sqlType.startsWith('varchar') || sqlType === 'account';
      const column = isShownAsBase ? String.raw`\(tenant\)::${base}` : 'tenant';
      assert.match(plan, new RegExp(String.raw`Index.* Cond: \(\(${column} = '?[^ ]+\) AND \(id > 30\)\)`), plan);
      await client.query(`DROP TABLE ${table}`);
    });
  }
});
