import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defineDataset } from '../../../../shared/datasets/index.js';
import { tupleRowLane } from '../../../../shared/formats/parquet/binary-row-writer.js';
import { createPool, type Pool } from '../../../../shared/postgres.js';
import { copyStream } from '../../../../shared/source/copy-socket.js';
import { Source } from '../../../../shared/source/source.js';
import { CREATE_TYPES, TYPES, type TypeValues } from '../../../conformance/type-values.js';
import { openDatabase, type OpenDatabase } from '../../../support/database.js';
import { outlineFor } from '../../../support/outline.js';
import { assertSameTuples, readBoth, type Tuples } from './both-lanes.js';
import { EXTREMES } from './extreme-values.js';
import { RANDOM } from './random-values.js';
import { tupleFields } from './tuple-fields.js';

/** Offsets of hours, half hours, 45 minutes, seconds (before zones), a skipped day, a negative summer time. */
const TIMEZONES = [
  'UTC',
  'Europe/Berlin',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Africa/Monrovia',
  'Australia/Lord_Howe',
  'Europe/Dublin',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Etc/GMT+12',
];

const random = defineDataset({
  name: 'random',
  title: 'Random values',
  table: 'random',
  key: ['n'],
  columns: {
    n: { type: 'integer' },
    ...Object.fromEntries(Object.entries(RANDOM).map(([name, { declared }]) => [name, { type: declared }])),
  },
});

function datasetOf(name: string, types: Readonly<Record<string, TypeValues>>) {
  const columns = Object.entries(types).map(([column, { declared }]) => [column, { type: declared }] as const);
  return defineDataset({
    ...{ name, title: name, table: name, key: ['n'] },
    columns: { n: { type: 'integer' }, ...Object.fromEntries(columns) },
  });
}

/** A table with a column for each type. */
function tableSql(name: string, types: Readonly<Record<string, TypeValues>>): string {
  const columns = Object.entries(types).map(([column, { sqlType }]) => `${column} ${sqlType}`);
  const most = Math.max(...Object.values(types).map(({ values }) => values.length));
  const rows = Array.from({ length: most + 1 }, (_, row) => {
    const items = Object.values(types).map(
      ({ sqlType, values }) => `(${values[row] ?? 'NULL'})::${sqlType.replace(/ COLLATE.*/, '')}`,
    );
    return `(${row}, ${items.join(', ')})`;
  });
  return `CREATE TABLE ${name} (n integer PRIMARY KEY, ${columns.join(', ')}); INSERT INTO ${name} VALUES ${rows.join(', ')}`;
}

describe('COPY BINARY and the row lane make the same tuples of', () => {
  let database: OpenDatabase;
  let pool: Pool;
  let source: Source;

  before(async () => {
    database = await openDatabase();
    const columns = Object.entries(RANDOM).map(([name, { sqlType }]) => `${name} ${sqlType}`);
    await database.client.query(
      `${CREATE_TYPES}; ${tableSql('zoo', TYPES)}; ${tableSql('extremes', EXTREMES)};
       CREATE TABLE random (n integer PRIMARY KEY, ${columns.join(', ')})`,
    );
    pool = createPool(database.url, { max: 2, name: 'lanes', onIdleError: () => undefined, stream: copyStream });
    source = new Source(pool);
  });
  after(async () => {
    await pool.end();
    await database.close();
  });

  for (const timezone of TIMEZONES) {
    it(`every type, in ${timezone}`, async () => {
      assert.ok((await assertSameTuples(source, datasetOf('zoo', TYPES), timezone)) > 10);
      assert.ok((await assertSameTuples(source, datasetOf('extremes', EXTREMES), timezone)) > 10);
    });
  }

  it('random values', async () => {
    const items = Object.values(RANDOM).map(
      ({ sql, sqlType }) => `CASE WHEN random() < 0.9 THEN (${sql})::${sqlType} END`,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.constantFrom(...TIMEZONES),
        async (seed, timezone) => {
          await database.client.query('TRUNCATE random');
          await database.client.query('SELECT setseed($1)', [seed]);
          await database.client.query(
            `INSERT INTO random SELECT n, ${items.join(', ')} FROM generate_series(1, 1000) AS n`,
          );
          assert.equal(await assertSameTuples(source, random, timezone), 1000);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('a computed NaN, except for its sign, which only COPY BINARY shows', async () => {
    await database.client.query(
      `CREATE TABLE nans AS SELECT 1 AS n, 'inf'::float8 - 'inf' AS double, 'inf'::real - 'inf' AS single;
       ALTER TABLE nans ADD PRIMARY KEY (n)`,
    );
    const nans = defineDataset({
      ...{ name: 'nans', title: 'NaN', table: 'nans', key: ['n'] },
      columns: { double: { type: 'double precision' }, single: { type: 'real' } },
    });
    const { copied, written } = await readBoth(source, nans, 'UTC');
    const hex = ({ bytes }: Tuples) =>
      tupleFields(bytes).map((fields) => fields.map((field) => field?.toString('hex')));
    assert.deepEqual(hex(copied), [['fff8000000000000', 'ffc00000']]);
    assert.deepEqual(hex(written), [['7ff8000000000000', '7fc00000']]);
  });

  it('columns whose type was changed after the plan', async () => {
    await database.client
      .query(`CREATE TABLE changed AS SELECT 1 AS n, 7 AS whole, 'a'::char(3) AS padded, 1.5::real AS single,
         '[1]'::json AS document, now() AS moment; ALTER TABLE changed ADD PRIMARY KEY (n)`);
    const changed = defineDataset({
      ...{ name: 'changed', title: 'Changed', table: 'changed', key: ['n'] },
      columns: {
        whole: { type: 'integer' },
        padded: { type: 'char' },
        single: { type: 'real' },
        document: { type: 'json' },
        moment: { type: 'timestamptz' },
      },
    });
    const lengths = async (): Promise<(number | undefined)[]> =>
      tupleFields((await readBoth(source, changed, 'UTC')).copied.bytes).flatMap((row) =>
        row.map((field) => field?.length),
      );
    const planned = await lengths();
    await database.client
      .query(`ALTER TABLE changed ALTER whole TYPE bigint, ALTER padded TYPE text, ALTER single TYPE float8,
         ALTER document TYPE jsonb, ALTER moment TYPE date`);
    await assertSameTuples(source, changed);
    assert.deepEqual(
      [planned, await lengths()],
      [
        [4, 3, 4, 3, 8],
        [4, 1, 4, 3, 8],
      ],
    );
  });

  it('moments of two centuries in every timezone that PostgreSQL knows', async () => {
    const { client } = database;
    await client.query(
      `CREATE TEMP TABLE moments AS SELECT row_number() OVER () AS n, at FROM generate_series(
         timestamptz '1840-01-01 00:00:00.123456+00', '2045-01-01', interval '151 days 5:17:43.000001') AS at`,
    );
    const { columns } = outlineFor([{ name: 'at', label: 'At', type: 'timestamptz' }]);
    const write = tupleRowLane.createWriter(columns, {});
    const { rows: zones } = await client.query<{ name: string }>('SELECT name FROM pg_timezone_names');
    for (const { name } of zones) {
      await client.query(`SELECT set_config('TimeZone', $1, false)`, [name]);
      const { rows } = await client.query<{ texts: string[]; sent: Buffer[] }>(
        `SELECT array_agg(at::text ORDER BY n) AS texts, array_agg(timestamptz_send(at) ORDER BY n) AS sent FROM moments`,
      );
      const [{ texts, sent } = { texts: [], sent: [] }] = rows;
      const fields = tupleFields(write(texts.map((text) => [text]))).flat();
      for (const [index, bytes] of sent.entries()) {
        if (fields[index]?.equals(bytes) !== true) assert.fail(`${texts[index] ?? ''} in ${name}`);
      }
      assert.ok(texts.length > 400);
    }
    assert.ok(zones.length > 300);
  });

  it('numbers with as many digits as PostgreSQL allows', async () => {
    const numbers = [
      '1e131071',
      '-1e-16383',
      `${'9'.repeat(131_072)}.${'9'.repeat(16_383)}`,
      '1e4000',
      '1e-4',
      '1e-16000',
    ];
    const { rows } = await database.client.query<{ text: string; sent: Buffer }>(
      'SELECT number::text AS text, numeric_send(number) AS sent FROM unnest($1::numeric[]) AS number',
      [numbers],
    );
    const { columns } = outlineFor([{ name: 'x', label: 'X', type: 'numeric', decimal: { precision: 38, scale: 0 } }]);
    const fields = tupleFields(tupleRowLane.createWriter(columns, {})(rows.map(({ text }) => [text]))).flat();
    for (const [index, { sent }] of rows.entries())
      assert.ok(fields[index]?.equals(sent), numbers[index]?.slice(0, 20));
    assert.equal(rows.length, numbers.length);
  });
});
