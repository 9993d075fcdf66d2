import assert from 'node:assert/strict';
import type pg from 'pg';
import { MASKS, type Mask } from '../../shared/datasets/column-types.js';
import { checkDataset, DatasetError, type Dataset } from '../../shared/datasets/define-dataset.js';
import { maskedText, shownSql } from '../../shared/datasets/masks.js';
import { freezeQuery } from '../../shared/datasets/query.js';
import { FORMATS } from '../../shared/formats/index.js';
import { loadFormat } from '../../shared/formats/load-format.js';
import { openDatabase, type OpenDatabase } from '../support/database.js';
import { CREATE_TYPES, edges, TYPES } from './type-values.js';

/** What each mask may show. */
const SHOWN: Readonly<Record<Mask, RegExp>> = {
  redact: /^\*{3}$/,
  last_4: /^\*{4}([^]{4})?$/u,
  hash: /^[\da-f]{64}$/,
  year: /^-?\d{1,7}$/,
};

/** The dataset with one column masked for everybody. */
const masked = (name: string, mask: Mask): Dataset =>
  checkDataset({ ...edges, columns: { [name]: { type: TYPES[name]?.declared ?? 'other', mask } } });

function isRefused(name: string, mask: Mask): boolean {
  try {
    masked(name, mask);
    return false;
  } catch (error) {
    assert.ok(error instanceof DatasetError);
    assert.match(error.message, new RegExp(`column ${name} can't be masked: the mask ${mask} is for .*, not for `));
    return true;
  }
}

describe('a mask', () => {
  let database: OpenDatabase;
  let client: pg.Client;
  before(async () => {
    database = await openDatabase();
    ({ client } = database);
    await client.query(`${CREATE_TYPES}; SELECT set_config('app.mask_key', 'the key of the tenant', false)`);
    const columns = Object.entries(TYPES).map(([name, { sqlType }]) => `${name} ${sqlType}`);
    await client.query(`CREATE TABLE edges (id serial, tenant_id uuid, ${columns.join(', ')})`);
    for (const [name, { sqlType, values }] of Object.entries(TYPES)) {
      const rows = [...values, 'NULL'].map((value) => `((${value})::${sqlType.replace(/ COLLATE.*/, '')})`);
      await client.query(`INSERT INTO edges (${name}) VALUES ${rows.join(', ')}`);
    }
  });
  after(() => database.close());

  const query = (name: string, mask: Mask, render = (quoted: string): string => quoted): string => {
    const request = { type: 'edges', format: 'CSV', columns: [name], filters: {}, options: {}, notify: {} };
    return freezeQuery(masked(name, mask), request, [], render).select;
  };

  for (const mask of MASKS) {
    it(`${mask} hides every value of every type that it takes, and keeps null`, async () => {
      const taken = Object.keys(TYPES).filter((name) => !isRefused(name, mask));
      assert.ok(taken.length >= 4);
      for (const name of taken) {
        // Each row has a value in one column only.
        const of = `num_nulls(${name}) = 0`;
        const { rows } = await client.query<{ shown: string | null; given: string; finite: boolean }>(
          `SELECT shown::text, given::text, given::text NOT IN ('infinity', '-infinity') AS finite FROM
             (${query(name, mask, (sql) => `${sql}::text AS shown, ${name}`)} AND ${of}) AS item (shown, given)`,
        );
        assert.equal(rows.length, TYPES[name]?.values.length, name);
        for (const { shown, given, finite } of rows) {
          if (mask === 'year' && !finite) assert.equal(shown, null);
          else assert.match(shown ?? 'null', SHOWN[mask], name);
          // A value that is shown in part hides at least half of its characters.
          if (mask === 'last_4' && shown !== '****') assert.ok(Array.from(given).length >= 8, given);
        }
        const nulls = await client.query(`${query(name, mask)} AND num_nulls(${name}) = 1`);
        assert.ok(nulls.rows.length > 0 && nulls.rows.every((row) => Object.values(row as object)[0] === null), name);
      }
    });

    it(`${mask} works with the SQL of every format, in both lanes`, async () => {
      for (const format of FORMATS.keys()) {
        const loaded = await loadFormat(format);
        for (const name of Object.keys(TYPES).filter((column) => !isRefused(column, mask))) {
          for (const render of [loaded.renderColumn({}), loaded.rows.renderColumn({})]) {
            const request = { type: 'edges', format, columns: [name], filters: {}, options: {}, notify: {} };
            const { select } = freezeQuery(masked(name, mask), request, [], render);
            // EXPLAIN can't explain COPY.
            await client.query(`EXPLAIN ${select}`);
            assert.ok(loaded.copySql(select, {}).includes(select));
          }
        }
      }
    });
  }

  it('shows a computed value as it shows the same value of a column', async () => {
    const texts = ['', 'a', '1234567', '12345678', 'naïve 🙂🙂', '🙂'.repeat(8), 'e\u0301'.repeat(4), '12345678\n9'];
    const days = ['0001-01-31', '1970-12-31', '9999-12-31'];
    for (const [type, mask, values] of [
      ['text', 'redact', texts],
      ['text', 'last_4', texts],
      ['date', 'year', days],
    ] as const) {
      for (const value of values) {
        const sql = `SELECT (${shownSql('v', { type, mask })})::text AS shown FROM (SELECT $1::${type} AS v) AS item`;
        const { rows } = await client.query<{ shown: string }>(sql, [value]);
        assert.equal(maskedText(value, mask), rows[0]?.shown, JSON.stringify(value));
      }
    }
  });

  it('hash differs between tenants and never shows the key', async () => {
    const hashOf = async (key: string): Promise<unknown> => {
      await client.query(`SELECT set_config('app.mask_key', $1, false)`, [key]);
      return (await client.query(`${query('text', 'hash')} AND text = ','`)).rows;
    };
    assert.notDeepEqual(await hashOf('one'), await hashOf('two'));
    assert.ok(!query('text', 'hash').includes('two'));
  });
});
