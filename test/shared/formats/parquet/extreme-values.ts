import type { ColumnType } from '../../../../shared/datasets/define-dataset.js';
import type { TypeValues } from '../../../conformance/type-values.js';

const of = (declared: ColumnType, sqlType: string, ...values: string[]): TypeValues => ({ sqlType, declared, values });
const nines = (before: number, after = 0): string =>
  `${'9'.repeat(before)}${after === 0 ? '' : `.${'9'.repeat(after)}`}`;

/** Values at the edge of what PostgreSQL's types hold, beyond those that every format is tested with. */
export const EXTREMES: Readonly<Record<string, TypeValues>> = {
  decimal9: of(
    'numeric',
    'numeric(9, 4)',
    `'NaN'`,
    '0',
    nines(5, 4),
    `-${nines(5, 4)}`,
    '0.0001',
    '10000',
    '9999.9999',
  ),
  decimal18: of('numeric', 'numeric(18)', nines(18), `-${nines(18)}`, '100000000', '10000', '1e16'),
  decimal38: of(
    'numeric',
    'numeric(38, 10)',
    nines(28, 10),
    `-${nines(28, 10)}`,
    '1e-10',
    '-1e-10',
    '0',
    '1e27',
    '40000',
  ),
  fraction38: of('numeric', 'numeric(38, 38)', `'0.${'9'.repeat(38)}'`, `'-1e-38'`, '0.5', '0.0001'),
  decimal39: of('numeric', 'numeric(39, 1)', nines(38, 1), '-0.1', `'NaN'`),
  thousands: of('numeric', 'numeric(5, -3)', '99999000', '-1000', '0'),
  tiny: of('numeric', 'numeric(3, 7)', '0.0000999', '-0.0000001', '0'),
  unbounded: of('numeric', 'numeric', `'1e131071'`, `'-1e-16383'`, `'-Infinity'`, `'NaN'`, '0.000', `'1e-5'`),
  real: of(
    'real',
    'real',
    ...[`'7.038531e-26'`, `'-7.038531e-26'`, `'2.815412e-25'`, `'9.313800267e-33'`, `'1.1754944e-38'`, `'-1e-45'`],
    ...[`'16777216'`, `'-3.4028235e38'`, `'8.5899346e9'`, `'1.19209290e-7'`],
  ),
  float: of(
    'double precision',
    'float8',
    `'2.2250738585072014e-308'`,
    `'-5e-324'`,
    `'9007199254740993'`,
    `'-1.7976931348623157e308'`,
  ),
  days: of(
    'date',
    'date',
    ...[`'4714-11-24 BC'`, `'4713-01-01 BC'`, `'0001-02-29 BC'`, `'0005-02-29 BC'`, `'0004-02-29'`, `'1582-10-10'`],
    ...[`'1900-02-28'`, `'1900-03-01'`, `'1969-12-31'`, `'2000-02-29'`, `'9999-12-31'`, `'99999-06-15'`],
  ),
  clock: of('time', 'time', `'24:00'`, `'00:00:00.000001'`, `'12:34:56.7'`, `'23:59:60'`),
  seconds: of('time', 'time(0)', `'24:00'`, `'23:59:59.7'`),
  local: of(
    'timestamp',
    'timestamp',
    ...[`'4714-11-24 00:00:00 BC'`, `'4714-11-24 00:00:00.000001 BC'`, `'0001-12-31 23:59:59.999999 BC'`],
    ...[
      `'1714-06-12 00:25:26'`,
      `'1714-06-13 00:25:26.1'`,
      `'2285-07-21 23:34:33.709551'`,
      `'294276-12-31 23:59:59.999999'`,
    ],
  ),
  coarse: of('timestamp', 'timestamp(0)', `'2026-01-01 00:00:00.5'`, `'infinity'`, `'1999-12-31 23:59:59'`),
  instant: of(
    'timestamptz',
    'timestamptz',
    ...[`'4714-11-24 00:00:00+00 BC'`, `'4714-11-25 12:00:00.000001+00 BC'`, `'0001-12-31 23:59:59.999999+00 BC'`],
    ...[`'1850-01-01 12:00+00'`, `'1893-03-31 23:06:32+00'`, `'1900-01-01 00:00:00.1+00'`, `'1919-06-01 00:00+00'`],
    ...[`'1945-05-24 00:00+00'`, `'2011-12-30 09:59:59.999999+00'`, `'2026-04-04 15:30+00'`, `'294276-12-31 12:00+00'`],
  ),
  words: of(
    'text',
    'text',
    ...[
      `''`,
      `'\\N'`,
      `E'\\t\\r\\n\\b'`,
      `U&'\\+01F468\\200D\\+01F469\\200D\\+01F467'`,
      `U&'e\\0301'`,
      `U&'\\+10FFFF'`,
      `U&'\\FFFF'`,
    ],
    `repeat('山🙂', 100000)`,
  ),
  padded: of('char', 'char(10)', `''`, `'🙂'`, `E'\\t'`, `'1234567890'`),
  identity: of('uuid', 'uuid', `'00000000-0000-0000-0000-000000000000'`, `'ffffffff-ffff-ffff-ffff-ffffffffffff'`),
};
