import type { TypeValues } from '../../../conformance/type-values.js';

interface RandomValues extends Pick<TypeValues, 'declared' | 'sqlType'> {
  /** An SQL expression whose value is another one for each row. */
  readonly sql: string;
}

const SIGN = '(CASE WHEN random() < 0.5 THEN -1 ELSE 1 END)';

/** Columns whose values PostgreSQL makes, from its seed. */
export const RANDOM: Readonly<Record<string, RandomValues>> = {
  small: { declared: 'smallint', sqlType: 'smallint', sql: 'random() * 65535 - 32768' },
  whole: { declared: 'integer', sqlType: 'integer', sql: '(random() * 4294967295 - 2147483648)::bigint' },
  large: { declared: 'bigint', sqlType: 'bigint', sql: '(random() - 0.5) * power(2::float8, random() * 63)' },
  single: {
    declared: 'real',
    sqlType: 'real',
    sql: `${SIGN} * (random() + 0.5) * power(2::float8, random() * 274 - 147)`,
  },
  double: {
    declared: 'double precision',
    sqlType: 'float8',
    sql: `${SIGN} * (random() + 0.5) * power(2::float8, random() * 2095 - 1073)`,
  },
  cents: { declared: 'numeric', sqlType: 'numeric(12, 2)', sql: '(random() - 0.5) * power(10::float8, random() * 10)' },
  exact: {
    declared: 'numeric',
    sqlType: 'numeric(38, 19)',
    sql: `round((random() - 0.5)::numeric * power(10::numeric, (random() * 18)::int), (random() * 19)::int)`,
  },
  free: {
    declared: 'numeric',
    sqlType: 'numeric',
    sql: `((random() - 0.5) * power(10::float8, random() * 60 - 30))::numeric`,
  },
  flag: { declared: 'boolean', sqlType: 'boolean', sql: 'random() < 0.5' },
  words: { declared: 'text', sqlType: 'text', sql: 'repeat(chr(1 + (random() * 55000)::int), (random() * 40)::int)' },
  padded: { declared: 'char', sqlType: 'char(9)', sql: 'left(md5(random()::text), (random() * 9)::int)' },
  id: { declared: 'uuid', sqlType: 'uuid', sql: 'md5(random()::text)::uuid' },
  day: {
    declared: 'date',
    sqlType: 'date',
    sql: `date '2000-01-01' + ((random() - 0.3) * power(10::float8, random() * 6))::int`,
  },
  clock: { declared: 'time', sqlType: 'time', sql: `time '00:00' + random() * interval '1 day'` },
  local: {
    declared: 'timestamp',
    sqlType: 'timestamp',
    sql: `timestamp '2000-01-01' + (random() - 0.1) * interval '50000 years'`,
  },
  instant: {
    declared: 'timestamptz',
    sqlType: 'timestamptz',
    sql: `timestamptz '1950-01-01' + (random() - 0.5) * interval '250 years'`,
  },
  span: { declared: 'interval', sqlType: 'interval', sql: `random() * interval '99 years 9 days 9 hours'` },
  document: {
    declared: 'jsonb',
    sqlType: 'jsonb',
    sql: `jsonb_build_object('a', random(), 'b', chr(32 + (random() * 500)::int))`,
  },
  list: { declared: 'other', sqlType: 'float8[]', sql: 'ARRAY[random(), NULL, -random()]' },
};
