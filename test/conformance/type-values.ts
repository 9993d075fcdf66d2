import { defineDataset, type ColumnType } from '../../shared/datasets/define-dataset.js';

/** Columns of every PostgreSQL type, with values that software tends to get wrong. */
export interface TypeValues {
  readonly sqlType: string;
  readonly declared: ColumnType;
  /** SQL expressions; each is cast to the type. */
  readonly values: readonly string[];
}

const of = (declared: ColumnType, sqlType: string, ...values: string[]): TypeValues => ({ sqlType, declared, values });

/** Types that the test creates. */
export const CREATE_TYPES = `
  CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE EXTENSION ltree;
  CREATE TYPE mood AS ENUM ('', '=sad', 'with "quotes", and a comma', '山');
  CREATE TYPE pair AS (label text, ratio numeric, document json);
  CREATE DOMAIN word AS text CHECK (VALUE <> 'never');
  CREATE DOMAIN long_word AS word;
  CREATE DOMAIN amount AS numeric(12, 2);
  CREATE DOMAIN moment AS timestamptz;
  CREATE DOMAIN numbers AS integer[];
  CREATE DOMAIN a_pair AS pair;
  CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`;

const TEXTS = [
  `''`,
  `' '`,
  `'"'`,
  `','`,
  `E'a\\r\\nb'`,
  `E'\\\\'`,
  `'\\.'`,
  `'=1+1'`,
  `'＝1'`,
  `E'\\t=1'`,
  `'NULL'`,
  `'🙂'`,
  `U&'\\FEFFx'`,
  `U&'\\2028'`,
  `E'\\x01\\x02\\x1f\\x7f'`,
];

export const TYPES: Readonly<Record<string, TypeValues>> = {
  small: of('smallint', 'smallint', `'-32768'`, `'32767'`),
  whole: of('integer', 'integer', `'-2147483648'`, `'2147483647'`, '0'),
  large: of('bigint', 'bigint', `'-9223372036854775808'`, `'9223372036854775807'`),
  exact: of('numeric', 'numeric', `'NaN'`, `'Infinity'`, `'-Infinity'`, `'0.00'`, `'-0.10'`, `'1e-30'`, `'1e40'`),
  rounded: of('numeric', 'numeric(10, 2)', `'NaN'`, `'-1.5'`, '0'),
  single: of(
    'real',
    'real',
    `'NaN'`,
    `'Infinity'`,
    `'-Infinity'`,
    `'-0'`,
    `'1e-45'`,
    `'1.1754942e-38'`,
    `'3.4028235e38'`,
    '0.1',
  ),
  double: of(
    'double precision',
    'double precision',
    `'NaN'`,
    `'Infinity'`,
    `'-Infinity'`,
    `'-0'`,
    `'5e-324'`,
    `'2.225073858507201e-308'`,
    `'1.7976931348623157e308'`,
    `'0.1'`,
    `'1e21'`,
    `'123456789012345680'`,
  ),
  flag: of('boolean', 'boolean', 'true', 'false'),
  text: of('text', 'text', ...TEXTS),
  limited: of('text', 'varchar(6)', ...TEXTS),
  caseless: of('text', 'citext', ...TEXTS),
  accentless: of('text', 'text COLLATE loose', ...TEXTS),
  enumerated: of('text', 'mood', `''`, `'=sad'`, `'with "quotes", and a comma'`, `'山'`),
  padded: of('char', 'char(5)', `''`, `'a'`, `'=1'`, `' x'`, `'山'`),
  unpadded: of('char', 'bpchar', `''`, `'a  '`, `'-1'`),
  uuid: of('uuid', 'uuid', `'FFFFFFFF-0000-4000-8000-00000000000A'`),
  day: of(
    'date',
    'date',
    `'infinity'`,
    `'-infinity'`,
    `'4713-01-01 BC'`,
    `'0001-12-31 BC'`,
    `'0001-01-01'`,
    `'10000-01-01'`,
    `'5874897-12-31'`,
  ),
  clock: of('time', 'time', `'00:00'`, `'24:00:00'`, `'23:59:59.999999'`),
  local: of(
    'timestamp',
    'timestamp',
    `'infinity'`,
    `'-infinity'`,
    `'4713-01-01 00:00:00 BC'`,
    `'0044-03-15 12:00:00.5 BC'`,
    `'294276-12-31 23:59:59.999999'`,
    `'2026-03-29 02:30'`,
  ),
  instant: of(
    'timestamptz',
    'timestamptz',
    `'infinity'`,
    `'-infinity'`,
    `'4713-01-02 00:00:00+00 BC'`,
    `'0044-03-15 12:00:00.5+00 BC'`,
    `'294276-12-31 00:00:00.999999+00'`,
    `'1850-01-01 00:00+00'`,
    `'2026-10-25 00:30+00'`,
    `'2026-10-25 01:30+00'`,
  ),
  span: of(
    'interval',
    'interval',
    `'-1 day'`,
    `'1 mon -1 day +02:03:04.5'`,
    `'-1 year 2 mons -3 days 04:05:06'`,
    `'178000000 years'`,
    `'0'`,
    `'infinity'`,
    `'-infinity'`,
    `'-00:00:00.000001'`,
  ),
  host: of('inet', 'inet', `'10.0.0.1'`, `'10.0.0.1/8'`, `'::1'`, `'::ffff:1.2.3.4'`, `'2001:db8::1/64'`),
  network: of('inet', 'cidr', `'10.0.0.0/8'`, `'10.0.0.1/32'`, `'2001:db8::/32'`),
  sent: of(
    'json',
    'json',
    `E'{"a" :\\n 1.0,\\r\\t"a":2}'`,
    `'"\\ud800 \\u0000 \\u2028"'`,
    `'null'`,
    `E'\\n-1'`,
    `'1e400'`,
    `' [ ] '`,
  ),
  document: of('jsonb', 'jsonb', `'{"b": [9007199254740993, null, "é\\n"]}'`, `'null'`, `'"x"'`, `'-1.50'`),
  list: of('other', 'integer[]', `'{}'`, `'{1,NULL,-3}'`, `'[0:1]={1,2}'`, `'{{1,2},{3,NULL}}'`),
  texts: of('other', 'text[]', `'{}'`, `'{NULL,"NULL","","a\\"b","a,b","{c}","\\\\"}'`, `ARRAY[E'x\\ny', '=1']`),
  numerics: of('other', 'numeric[]', `'{NaN,Infinity,-0.10}'`),
  doubles: of('other', 'float8[]', `'{NaN,-Infinity,-0,5e-324}'`),
  instants: of('other', 'timestamptz[]', `'{infinity,"2026-10-25 01:30+00","0044-03-15 12:00+00 BC"}'`),
  documents: of('other', 'json[]', `ARRAY[E'{"a":\\n1}', E'\\t[]']::json[]`),
  flags: of('other', 'boolean[]', `'{t,f,NULL}'`),
  bytes: of('other', 'bytea', `''`, `'\\x00ff5c22'`, `'=1'`),
  pair: of('other', 'pair', `ROW(NULL, NULL, NULL)`, `ROW('a,"b\\', -1.50, E'{"x":\\n1}')`, `ROW('', 'NaN', NULL)`),
  pairs: of('other', 'pair[]', `ARRAY[ROW('=1', 1, NULL), NULL]::pair[]`),
  numbers_between: of('other', 'int4range', `'empty'`, `'(,)'`, `'[1,5)'`),
  instants_between: of('other', 'tstzrange', `'["2026-10-25 00:30+00","2026-10-25 01:30+00")'`, `'(,infinity]'`),
  numbers_among: of('other', 'int4multirange', `'{}'`, `'{[1,3),[7,9)}'`),
  daytime: of('other', 'timetz', `'24:00:00+05:30'`, `'00:00:00.000001-15:59'`),
  bits: of('other', 'bit(3)', `B'101'`),
  more_bits: of('other', 'varbit', `B''`, `B'0001'`),
  mac: of('other', 'macaddr', `'08:00:2B:01:02:03'`),
  mac8: of('other', 'macaddr8', `'08:00:2b:01:02:03:04:05'`),
  point: of('other', 'point', `'(-1,NaN)'`),
  circle: of('other', 'circle', `'<(1,2),3>'`),
  words: of('other', 'tsvector', `'''-1'':2 fat:4'`),
  search: of('other', 'tsquery', `'!fat & rat'`),
  markup: of('other', 'xml', `'=1'`, `'<a b="1">é</a>'`, `'<?xml version="1.0" encoding="utf-8"?><a/>'`),
  letter: of('other', '"char"', `'='`, `''`, `'\\377'`),
  identifier: of('other', 'name', `'-a "name"'`),
  number_of_object: of('other', 'oid', `'4294967295'`),
  object: of('other', 'regclass', `'pg_class'`),
  place_in_log: of('other', 'pg_lsn', `'FF/1'`),
  path: of('other', 'jsonpath', `'-$.a'`),
  pairs_of_text: of('other', 'hstore', `''`, `'"a\\""=>NULL, b=>"1"'`),
  label_path: of('other', 'ltree', `'a.b'`, `'-a'`),
  word: of('text', 'word', `'=word'`, `''`),
  long_word: of('text', 'long_word', `'-'`),
  amount: of('numeric', 'amount', `'-1.5'`, `'NaN'`),
  moment: of('timestamptz', 'moment', `'2026-10-25 01:30+00'`),
  numbers: of('other', 'numbers', `'{1,2}'`),
  a_pair: of('other', 'a_pair', `ROW('a', 1, '[]')`),
};

/** A table with all of them. */
export const edges = defineDataset({
  name: 'edges',
  title: 'Every type',
  table: 'edges',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: Object.fromEntries(Object.entries(TYPES).map(([name, { declared }]) => [name, { type: declared }])),
});
