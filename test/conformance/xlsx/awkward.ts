import { defineDataset } from '../../../shared/datasets/index.js';
import { queryRows } from '../../support/database.js';
import { LONGEST_TEXT } from './expected.js';

/** Values that spreadsheet programs have got wrong before. */
export const awkward = defineDataset({
  name: 'awkward',
  title: 'Orders',
  table: 'awkward',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'integer', label: 'Order ID' },
    whole: { type: 'bigint', label: 'Whole & <large>' },
    exact: { type: 'numeric' },
    ratio: { type: 'double precision' },
    single: { type: 'real' },
    flag: { type: 'boolean' },
    day: { type: 'date', label: 'Day' },
    local: { type: 'timestamp' },
    instant: { type: 'timestamptz', label: 'Placed at' },
    clock: { type: 'time' },
    words: { type: 'text', label: '=Words, "quoted"' },
    padded: { type: 'char' },
    document: { type: 'json' },
    list: { type: 'other' },
  },
  filters: { id: { kind: 'range', column: 'id' } },
});

const emojiAt = (units: number): string => `${'a'.repeat(units)}🙂${'b'.repeat(100)}`;

const WORDS = [
  ...['plain', '', ' ', '   ', ' both ', 'end ', ' begin', 'a  b', '\t', '\n', ' \n ', 'a\tb', 'two\nlines', '\r'],
  ...['cr\rx', 'two\r\nlines', '\r\n', '_x0041_', '_x000D_', '_X0041_', '_x004_', '__x0041__', '_x0041_\r', '\x01'],
  ...['a\x0bb\x1fc', '\x7f\x80\x9f', '\ufffe', 'a\uffff', '\ufeffmark', '\ufdd0', '"', "'", '&', '<', '>', ']]>'],
  ...[
    'a & b < c > d ]]>',
    '&amp;',
    '&#13;',
    '<t>',
    '</t></is></c>',
    '=1+1',
    '+1',
    '-1',
    '@x',
    '＝1',
    '\\',
    '\\N',
    '\\.',
  ],
  ...['NULL', 'TRUE', '007', '1e5', '12345678901234567890', '2026-01-01', 'é', 'e\u0301', '🙂', '山', 'שלום', '\u2028'],
  ...['x'.repeat(LONGEST_TEXT), 'é'.repeat(LONGEST_TEXT), '&'.repeat(LONGEST_TEXT), '🙂'.repeat(16_383)],
  // No longer than this: DuckDB doesn't open a file with a cell of more than 65,534 bytes.
  ...['x'.repeat(LONGEST_TEXT + 1), 'x'.repeat(100_000), '\x01'.repeat(1000), ' '.repeat(LONGEST_TEXT + 1)],
  // A surrogate pair split by the cut, and one just before it.
  ...[emojiAt(LONGEST_TEXT - 2), emojiAt(LONGEST_TEXT - 3), emojiAt(LONGEST_TEXT - 1)],
];

const INTEGERS = [
  ...['1', '0', '-1', '99999999999999', '999999999999999', '-999999999999999', '1000000000000000', '1234567890123456'],
  ...['9007199254740993', '-9223372036854775808', '9223372036854775807', '1230000000000000000'],
];
const NUMERICS = [
  ...['1.50', '0', '0.00', '-5.20', '1234567.89', '123456789012.345', '0.1', '99999999.9999999', '99999999.99999999'],
  ...['12345678901234567890.12345', '1e15', '1e21', '1e300', '1e308', '1e400', '-1e400', '1e-30', '1e-308', '1e-400'],
  ...['NaN', 'Infinity', '-Infinity', '0.000000000000001', '-0.1234567890123456', '3.141592653589793'],
];
const DOUBLES = [
  ...['1.5', '0.30000000000000004', '5e-324', '1.7e308', '1.7976931348623157e308', '2.2250738585072014e-308', '-0'],
  ...['NaN', 'Infinity', '-Infinity', '0.1', '1e21', '123456789012345680', '1e-7', '3.141592653589793', '-1e-300'],
];
const SINGLES = ['1.5', '0.1', '3.4028235e38', '1e-45', 'NaN', '-Infinity', '16777216'];
const DAYS = [
  ...[
    '2026-03-29',
    '1900-03-01',
    '1900-02-28',
    '1900-01-01',
    '1899-12-31',
    '0001-01-01',
    '0044-03-15 BC',
    '9999-12-31',
  ],
  ...['10000-01-01', '12026-01-01', 'infinity', '-infinity', '2000-02-29', '1970-01-01'],
];
const TIMES = [
  ...['2026-03-29 01:30:00', '2026-03-29 00:59:59.999', '2026-03-29 01:00:00', '2026-10-25 00:30:00.123456'],
  ...['2026-10-25 01:30:00.000001', '1900-03-01 00:00:00', '1900-02-28 23:59:59', '1850-06-01 12:00:00'],
  ...['9999-12-31 12:00:00', '12026-01-01 00:00:00', '0044-03-15 12:00:00.5 BC', 'infinity', '-infinity'],
  ...['2026-06-30 21:59:59.998', '2026-06-30 22:00:00.001', '1969-12-31 23:59:59.5', '2026-01-01 00:00:00'],
];
const CLOCKS = ['02:30:00', '00:00:00', '23:59:59.999', '12:34:56.789', '00:00:00.001'];

/** @param rows of this tenant; the first has an ordinary value in each column */
export async function createAwkward(databaseUrl: string, tenantId: string, rows: number): Promise<void> {
  await queryRows(
    databaseUrl,
    `CREATE TABLE awkward (id integer PRIMARY KEY, tenant_id uuid, whole bigint, exact numeric, ratio float8, single real,
       flag boolean, day date, local timestamp, instant timestamptz, clock time, words text, padded char(5), document json,
       list text[])`,
  );
  const nth = (values: string): string => `(${values}::text[])[1 + (n - 1) % cardinality(${values}::text[])]`;
  await queryRows(
    databaseUrl,
    `INSERT INTO awkward
     SELECT n, $1::uuid, ${nth('$2')}::bigint, ${nth('$3')}::numeric, ${nth('$4')}::float8, ${nth('$5')}::real,
       nullif(n % 3, 2)::boolean, ${nth('$6')}::date, ${nth('$7')}::timestamp, (${nth('$7')}::timestamp AT TIME ZONE 'UTC'),
       ${nth('$8')}::time, ${nth('$9')}, left(${nth('$9')}, 5), json_build_object('n', n, 'word', left(${nth('$9')}, 9)),
       ARRAY[left(${nth('$9')}, 9), NULL]
     FROM generate_series(1, $10::integer) AS n`,
    [tenantId, INTEGERS, NUMERICS, DOUBLES, SINGLES, DAYS, TIMES, CLOCKS, WORDS, rows],
  );
  await queryRows(
    databaseUrl,
    `UPDATE awkward SET whole = NULL, exact = NULL, ratio = NULL, single = NULL, flag = NULL, day = NULL, local = NULL,
       instant = NULL, clock = NULL, words = NULL, padded = NULL, document = NULL, list = NULL WHERE id % 50 = 49`,
  );
}
