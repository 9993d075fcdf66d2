import assert from 'node:assert/strict';
import { defineDataset, type Dataset } from '../../shared/datasets/index.js';
import type { ColumnType } from '../../shared/datasets/define-dataset.js';
import { queryRows } from '../support/database.js';
import { LONG, describeDeeply } from '../support/depth.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { itTogether } from '../support/together.js';
import { assertEqualsCopy, segmentKinds } from './compare.js';

const ROWS = 200;
/** Four segments, or a dozen. */
const CUT = LONG ? { segmentBytes: 300 } : { maxSegmentRows: 60 };

interface Kind {
  readonly what: string;
  /** Column name → the dataset's type, the table's type, and the value of row i. */
  readonly key: Readonly<Record<string, readonly [type: ColumnType, sqlType: string, value: string]>>;
  readonly timezone?: string;
}

/** Words that sort differently by bytes, language and case. */
const WORD = `(ARRAY['a', 'A', 'á', 'Ä', 'b', 'B', 'z', 'Z', 'ß', 'ss', 'ch', 'č', '_', '-', ' ', '''', '"', '\\', '山', '🙂'])[1 + i % 20]`;

const KINDS: readonly Kind[] = [
  { what: 'two numbers', key: { a: ['bigint', 'bigint', 'i / 7'], b: ['integer', 'int', '-(i % 7)'] } },
  {
    what: 'text, a date and a number',
    key: {
      a: ['text', 'text', WORD],
      b: ['date', 'date', `date '2026-01-01' + i % 5`],
      c: ['smallint', 'smallint', 'i'],
    },
  },
  { what: "text in a language's order", key: { a: ['text', 'text COLLATE "de-x-icu"', `${WORD} || i / 20`] } },
  {
    what: 'text that ignores case and accents, made unique by a number',
    key: { a: ['text', 'text COLLATE loose', WORD], b: ['integer', 'int', 'i'] },
  },
  { what: 'text in byte order', key: { a: ['text', 'text COLLATE "C"', `${WORD} || i / 20`] } },
  { what: 'padded text', key: { a: ['char', 'char(8)', `${WORD} || i / 20`] } },
  { what: 'uuids', key: { a: ['uuid', 'uuid', 'md5(i::text)::uuid'] } },
  {
    what: 'microseconds across the end of summer time',
    key: {
      a: ['timestamptz', 'timestamptz', `timestamptz '2026-10-25 00:00:00.000001+00' + i * interval '20.000001 s'`],
    },
    timezone: 'Europe/Berlin',
  },
  {
    what: 'infinite times and years BC',
    key: {
      a: [
        'timestamptz',
        'timestamptz',
        `CASE i WHEN 1 THEN 'infinity' WHEN 2 THEN '-infinity' ELSE timestamptz '0001-01-01 00:00 BC' + i * interval '1 day' END`,
      ],
    },
    timezone: 'America/New_York',
  },
  {
    what: 'times without a timezone',
    key: { a: ['timestamp', 'timestamp', `timestamp '2026-03-29' + i * interval '1 min'`] },
  },
  { what: 'numerics', key: { a: ['numeric', 'numeric', `CASE i WHEN 1 THEN 'NaN' ELSE i / 7::numeric END`] } },
  {
    what: 'doubles',
    key: { a: ['double precision', 'double precision', `CASE i WHEN 1 THEN 'Infinity' ELSE i / 7::float8 END`] },
  },
  { what: 'singles', key: { a: ['real', 'real', 'i / 7::float4'] } },
  {
    what: 'booleans and dates',
    key: { a: ['boolean', 'boolean', 'i % 2 = 0'], b: ['date', 'date', `date '4000-01-01 BC' + i`] },
  },
  { what: 'names that must be quoted', key: { 'the "key"': ['integer', 'int', 'i'] } },
  {
    what: 'an enum',
    key: { a: ['text', 'size', `(enum_range(NULL::size))[1 + i % 3]`], b: ['integer', 'int', 'i'] },
  },
  { what: 'intervals', key: { a: ['interval', 'interval', `(i - 200) * interval '1 day 00:00:00.000001'`] } },
  { what: 'addresses', key: { a: ['inet', 'inet', `inet '10.0.0.0/8' + i`], b: ['inet', 'cidr', `'2001:db8::/32'`] } },
  { what: 'bytes', key: { a: ['other', 'bytea', `decode(md5(i::text), 'hex')`] } },
  { what: 'lists', key: { a: ['other', 'text[]', `ARRAY[${WORD}, NULL, i::text]`] } },
  { what: 'ranges', key: { a: ['other', 'int4range', `int4range(i, CASE WHEN i % 3 > 0 THEN i + 5 END)`] } },
  {
    what: 'times of day',
    key: { a: ['time', 'time', `time '00:00' + i * interval '1 min'`], b: ['other', 'timetz', `'12:00+02'`] },
  },
  { what: 'values of a domain', key: { a: ['uuid', 'identity', 'md5(i::text)::uuid'] } },
];

const nameOf = (index: number): string => `keys_${index}`;
const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function datasetOf({ what, key }: Kind, index: number): Dataset {
  const columns = Object.fromEntries(Object.entries(key).map(([name, [type]]) => [name, { type }]));
  const [name, tenantColumn] = [nameOf(index), 'tenant_id'];
  return defineDataset({ name, title: what, table: name, key: Object.keys(key), tenantColumn, columns });
}

describeDeeply('segments split along a key of', () => {
  let service: TestService;
  const { tenantId } = someUser();
  const other = '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e02';

  before(async () => {
    service = await startService({ orders: 100, datasets: KINDS.map(datasetOf), tuning: CUT });
    await service.startWorker();
    const tables = KINDS.map(({ key }, index) => {
      const columns = Object.entries(key);
      const unique = columns.map(([name]) => quote(name)).join(', ');
      const values = columns.map(([, [, type, value]]) => `(${value})::${type.replace(/ COLLATE.*/, '')}`).join(', ');
      return `CREATE TABLE ${nameOf(index)} (tenant_id uuid NOT NULL,
          ${columns.map(([name, [, type]]) => `${quote(name)} ${type} NOT NULL`).join(', ')}, PRIMARY KEY (tenant_id, ${unique}));
        INSERT INTO ${nameOf(index)} SELECT tenant::uuid, ${values}
          FROM generate_series(1, ${ROWS}) AS i, unnest(ARRAY['${tenantId}', '${other}']) AS tenant`;
    });
    await queryRows(
      service.databaseUrl,
      `CREATE TYPE size AS ENUM ('small', 'large', 'medium'); CREATE DOMAIN identity AS uuid NOT NULL;
       CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false); ${tables.join('; ')}`,
    );
  });
  after(() => service.close());

  itTogether([...KINDS.entries()], {
    title: ([, { what }]) => `${what} hold each row exactly once, in order`,
    work: async ([index, { key, timezone = 'UTC' }]) => {
      const columns = Object.keys(key).map(quote).join(', ');
      const select = `SELECT ${columns} FROM ${nameOf(index)} WHERE tenant_id = '${tenantId}' ORDER BY ${columns}`;
      const body = { type: nameOf(index), options: { timezone } };
      const file = await assertEqualsCopy(service, someUser(), body, { select, timezone });
      assert.equal(file.rows, ROWS);
      assert.ok((await segmentKinds(service, file.jobId)).length >= 3);
    },
  });
});
