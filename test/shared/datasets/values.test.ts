import assert from 'node:assert/strict';
import fc from 'fast-check';
import pg from 'pg';
import { COLUMN_TYPES, type ColumnType } from '../../../shared/datasets/define-dataset.js';
import { isBefore, valueProblem } from '../../../shared/datasets/values.js';
import type { Scalar } from '../../../shared/contract.js';
import { stack } from '../../support/stack.js';

const GOOD: readonly (readonly [ColumnType, readonly Scalar[]])[] = [
  ['smallint', [0, -32_768, '32767', '+7', '007']],
  ['integer', [2_147_483_647, '-2147483648']],
  ['bigint', [9_007_199_254_740_991, '9223372036854775807', '-9223372036854775808']],
  [
    'numeric',
    [
      1.5,
      9_007_199_254_740_991,
      123456.789012345,
      '9007199254740993',
      '-0.10',
      '.5',
      '5.',
      '1e400',
      '12345678901234567890.123456789',
    ],
  ],
  ['real', [3.4e38, '1e-45', '0e999']],
  ['double precision', [1.7e308, '5e-324', '-0']],
  ['boolean', [true, false]],
  ['text', ['', "O'Brien", '\\', '$$', '🙂']],
  ['char', ['EUR', 'longer than the column']],
  ['uuid', ['0A1D1F2E-4c6b-4f0e-9d57-3f0a6c1b7e01']],
  ['date', ['2024-02-29', '0001-01-01', '9999-12-31']],
  ['time', ['00:00', '23:59:59.999999']],
  ['timestamp', ['2026-01-31', '2026-01-31T13:45', '2026-01-31 13:45:00.000001']],
  ['timestamptz', ['2026-01-31', '2026-01-31T13:45:00Z', '2026-01-31T13:45:00+15:59', '2026-01-31 13:45:00.5-08:00']],
  ['interval', ['P1Y2M3W4DT5H6M7.000008S', 'P-1D', 'PT0S', 'P999999Y999999M999999W9999999DT9999999H9999999M9999999S']],
  ['inet', ['192.0.2.1', '192.0.2.0/24', '0.0.0.0/0', '::', '2001:DB8::1/128', '::ffff:192.0.2.1']],
];

const BAD: readonly (readonly [ColumnType, readonly Scalar[]])[] = [
  ['smallint', [32_768, '-32769', 1.5, '1.0', '', ' 1', true, '1e3', '٣']],
  ['integer', [2_147_483_648, 'one']],
  ['bigint', ['9223372036854775808', 9_007_199_254_740_992, '1'.repeat(21)]],
  [
    'numeric',
    [
      2 ** 53,
      -1e21,
      1234567890.1234567,
      `0.${'1'.repeat(20_000)}`,
      '1'.repeat(1001),
      '',
      '.',
      '1,5',
      'NaN',
      'Infinity',
      '0x10',
      '1e',
      true,
      '1_000',
    ],
  ],
  ['real', ['3.5e38', '1e-46', 1e300]],
  ['double precision', ['1e309', '-1e309', '1e-400']],
  ['boolean', ['true', 1, 'yes']],
  ['text', [7, true, 'a\0b', '\ud800', 'x'.repeat(1001)]],
  ['char', [7]],
  ['uuid', ['', '0a1d1f2e4c6b4f0e9d573f0a6c1b7e01', '{0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01}', 5]],
  ['date', ['2026-02-30', '2026-13-01', '0000-01-01', '26-01-01', 'today', '2026-01-01T00:00:00', 20_260_101]],
  ['time', ['24:00:00', '1:00', '12:60', '12:00:00.1234567', 'now']],
  ['timestamp', ['2026-01-31T13:45:00Z', 'now', '2026-01-31T25:00', 'infinity']],
  ['timestamptz', ['2026-01-31T13:45:00+16:00', '2026-01-31T13:45:00+01', '2026-01-31T13:45:00 Europe/Berlin', 'now']],
  ['interval', ['', 'P', 'PT', 'P1DT', '1 day', '-P1D', 'P1H', 'P1.5D', 'P99999999D', 'infinity', 1]],
  ['inet', ['', '1.2.3', '1.2.3.4/33', '::1/129', '01.2.3.4', 'fe80::1%eth0', '1.2.3.4/', 'localhost', 1]],
  ['json', ['{}']],
  ['jsonb', ['{}', 1]],
  ['other', ['{1,2}', 1]],
];

describe('filter values', () => {
  for (const [type, values] of GOOD) {
    it(`for ${type} may be ${values.map((value) => JSON.stringify(value)).join(', ')}`, () => {
      for (const value of values) assert.equal(valueProblem(value, type), null, String(value));
    });
  }
  for (const [type, values] of BAD) {
    it(`for ${type} are rejected with a reason if they are invalid`, () => {
      for (const value of values)
        assert.match(valueProblem(value, type) ?? '', /^(must|is|cannot) [^.]+$/, String(value));
    });
  }

  it('above 2^53 must be text, which keeps their digits', () => {
    assert.match(valueProblem(2 ** 53, 'bigint') ?? '', /must be written as a string/);
  });

  it('are valid for PostgreSQL if they are accepted, and text comes back unchanged', async () => {
    const client = new pg.Client({ connectionString: stack().env.DATABASE_URL });
    await client.connect();
    try {
      const types = COLUMN_TYPES.filter((type) => !['json', 'jsonb', 'char', 'other'].includes(type));
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...types), anyScalar, async (type, value) => {
          if (valueProblem(value, type) !== null) return;
          const sql = `SELECT (${pg.escapeLiteral(String(value))}::${type})::text AS text`;
          const { rows } = await client.query<{ text: string }>(sql);
          if (type === 'text') assert.equal(rows[0]?.text, value);
        }),
        { numRuns: 3000 },
      );
    } finally {
      await client.end();
    }
  });
});

/** Text that is nearly a value of some type, or nearly SQL. */
const digits = fc.string({ unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), maxLength: 20 });
const two = fc.integer({ min: 0, max: 61 }).map((number) => String(number).padStart(2, '0'));
const date = fc
  .tuple(fc.integer({ min: 0, max: 9999 }), two, two)
  .map(([y, m, d]) => `${String(y).padStart(4, '0')}-${m}-${d}`);
const time = fc.tuple(two, two, two, digits).map(([h, m, s, f]) => `${h}:${m}:${s}${f === '' ? '' : `.${f}`}`);
const zone = fc.oneof(
  fc.constantFrom('', 'Z'),
  fc.tuple(fc.constantFrom('+', '-'), two, two).map(([sign, h, m]) => `${sign}${h}:${m}`),
);
const decimal = fc
  .tuple(
    fc.constantFrom('', '+', '-'),
    digits,
    fc.constantFrom('', '.'),
    digits,
    fc.constantFrom('', 'e', 'E'),
    fc.integer(),
  )
  .map(
    ([sign, whole, point, part, e, power]) => `${sign}${whole}${point}${part}${e === '' ? '' : `${e}${power % 500}`}`,
  );
const sqlish = fc.string({ unit: fc.constantFrom("'", '"', '\\', ';', '-', '$', ' ', 'E', 'x', '%', '\n', '🙂', ')') });
const anyScalar: fc.Arbitrary<Scalar> = fc.oneof(
  fc.string({ unit: 'binary' }),
  sqlish,
  decimal,
  date,
  time,
  fc.tuple(date, fc.constantFrom('T', ' '), time, zone).map((parts) => parts.join('')),
  fc.uuid(),
  fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(200)).map(([address, bits]) => `${address}/${bits}`),
  fc.string({ unit: fc.constantFrom('P', 'T', '-', '1', '9', '.', 'Y', 'M', 'W', 'D', 'H', 'S'), maxLength: 20 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
);

describe('the order of two values of a range', () => {
  const TIMES: readonly (readonly [string, string, boolean | null])[] = [
    ['2026-01-01', '2026-01-02', true],
    ['2026-01-02', '2026-01-02', false],
    ['2026-01-01T00:00:00.000001Z', '2026-01-01T00:00:00.000002Z', true],
    ['2026-01-01T01:00+02:00', '2025-12-31T23:30Z', true],
    ['2026-01-01', '2026-01-01T00:30', true],
    ['0099-12-31', '0100-01-01', true],
  ];
  for (const [a, b, expected] of TIMES) {
    it(`${expected === true ? 'puts' : 'does not put'} ${a} before ${b}`, () => {
      assert.equal(isBefore(a, b, 'timestamptz'), expected);
    });
  }

  it('is unknown for a day and a time with an offset, because it depends on the timezone', () => {
    assert.equal(isBefore('2026-01-01', '2026-01-01T00:30:00+01:00', 'timestamptz'), null);
    assert.equal(isBefore('b', 'a', 'text'), null);
  });

  it('is exact for numbers', () => {
    assert.equal(isBefore('9007199254740992', '9007199254740993', 'bigint'), true);
    assert.equal(isBefore('-5.5', '-5.4', 'numeric'), true);
  });

  it('does not depend on the notation of times of day and UUIDs', () => {
    assert.equal(isBefore('13:45', '13:45:00', 'time'), false);
    assert.equal(isBefore('13:45:00', '13:45', 'time'), false);
    assert.equal(isBefore('13:45', '13:45:00.000001', 'time'), true);
    assert.equal(
      isBefore('0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01', '0A1D1F2E-4c6b-4f0e-9d57-3f0a6c1b7e02', 'uuid'),
      true,
    );
  });
});
