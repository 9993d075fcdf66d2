import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buffer } from 'node:stream/consumers';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { csvSettings } from '../../../shared/formats/csv/options.js';
import { outlineFor } from '../../support/outline.js';
import { csv } from '../../../shared/formats/csv/csv.js';
import { csvEncoding } from '../../../shared/formats/csv/encoding.js';
import { createLineWriter } from '../../../shared/formats/csv/lines.js';
import { stack } from '../../support/stack.js';

const AS_IT_IS = { options: { escape_formulas: false } };

describe('the CSV format', () => {
  let client: pg.Client;
  before(async () => {
    client = new pg.Client({ connectionString: stack().env.DATABASE_URL });
    await client.connect();
  });
  after(() => client.end());

  const copied = async (sql: string): Promise<string> => (await buffer(client.query(copyTo(sql)))).toString();
  const text = fc
    .oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(',', '"', '\r', '\n', '\\', '.', ' ', 'a', "'") }),
    )
    .filter((value) => !value.includes('\0') && value.isWellFormed());
  /** PostgreSQL truncates names at 63 bytes, and allows no empty ones. */
  const name = text.filter((value) => value !== '' && Buffer.byteLength(value) <= 63);

  it("writes the same header as COPY's own HEADER, for any column names", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 2, maxLength: 5 }), async (names) => {
        const items = names.map((each) => `1 AS ${pg.escapeIdentifier(each)}`);
        const file = await copied(`COPY (SELECT ${items.join(', ')}) TO STDOUT (FORMAT csv, HEADER)`);
        const head = csvEncoding.head(outlineFor(names, AS_IT_IS)).toString();
        assert.equal(file, `${head}${names.map(() => '1').join(',')}\n`);
      }),
      { numRuns: 200 },
    );
  });

  it('also writes the same header as COPY for a single column, where the end marker is quoted', async () => {
    for (const each of ['id', '\\.', '\\.\\.', ' \\.', '"', ',']) {
      const file = await copied(`COPY (SELECT 1 AS ${pg.escapeIdentifier(each)}) TO STDOUT (FORMAT csv, HEADER)`);
      assert.equal(`${csvEncoding.head(outlineFor([each], AS_IT_IS)).toString()}1\n`, file);
    }
  });

  it('prefixes a formula in a column name with an apostrophe, also after a separator', () => {
    const head = csvEncoding.head(outlineFor(['=1', 'a;=1;b', 'a,-b', '-5'], {}));
    assert.equal(head.toString(), `'=1,a;'=1;b,"a,'-b",'-5\n`);
  });

  it('writes lines as COPY does, in every dialect', async () => {
    const cell = fc.option(fc.oneof(text, fc.constantFrom('', ' ', ' a', 'a ', '\\.', '\\N', '\ufeff', 'a\ufeff ')));
    const rows = fc
      .integer({ min: 1, max: 3 })
      .chain((columns) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 4 }),
      );
    const dialect = fc.record(
      {
        delimiter: fc.constantFrom(',', ';', '\t', '|', ' ', '.', '\\'),
        quoting: fc.constantFrom('minimal', 'all'),
        null_text: fc.constantFrom('', 'N', '\\N', ' ', ' \ufeff', 'a '),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(rows, dialect, async (cells, options) => {
        fc.pre(csv.options.safeParse({ ...options, escape_formulas: false }).success);
        const literal = (value: string | null): string =>
          value === null ? 'NULL::text' : `${pg.escapeLiteral(value)}::text`;
        const values = cells.map((row) => `(${row.map(literal).join(', ')})`).join(', ');
        const file = await copied(csvEncoding.copySql(`VALUES ${values}`, options));
        const written = createLineWriter(cells[0]?.length ?? 0, csvSettings(options))(cells);
        assert.equal(`${written}\n`, file);
      }),
      { numRuns: 500 },
    );
  });

  it('requests rows without a header from PostgreSQL, so that segments can be concatenated', () => {
    assert.equal(csvEncoding.copySql('SELECT 1', {}), 'COPY (SELECT 1) TO STDOUT (FORMAT csv)');
  });

  it('escapes only text columns, unless the option is off', () => {
    const on = csvEncoding.renderColumn({ escape_formulas: true });
    assert.match(on('"note"', { type: 'text', decimal: null }), /^CASE WHEN ascii/);
    for (const type of ['numeric', 'integer', 'date', 'uuid', 'interval'] as const)
      assert.equal(on('"x"', { type, decimal: null }), '"x"');
    const off = csvEncoding.renderColumn({ escape_formulas: false });
    assert.equal(off('"note"', { type: 'text', decimal: null }), '"note"');
  });

  const OPTIONS: readonly (readonly [unknown, RegExp])[] = [
    [{ escape_formulas: 'no' }, /must be true or false/],
    [{ timezone: 'Mars/Olympus' }, /must be the name of a timezone/],
    [{ timezone: '+01:00' }, /must be the name of a timezone/],
    [{ timezone: 7 }, /must be the name of a timezone/],
    [{ color: 'red' }, /color/],
  ];
  it('rejects invalid options', () => {
    for (const [options, problem] of OPTIONS) {
      const { error } = csv.options.safeParse(options);
      assert.match(error?.message ?? '', problem);
    }
    assert.deepEqual(csv.options.parse({}), csvSettings({ timezone: 'UTC', compression: 'none' }));
  });
});
