import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ColumnType } from '../../../../shared/datasets/column-types.js';
import { tupleRowLane } from '../../../../shared/formats/parquet/binary-row-writer.js';
import { outlineFor } from '../../../support/outline.js';
import { tupleFields } from './tuple-fields.js';

const MOST_DIGITS = { precision: 38, scale: 10 };

function written(type: ColumnType, texts: readonly (string | null)[]): (string | undefined)[] {
  const { columns } = outlineFor([{ name: 'x', label: 'x', type, decimal: type === 'numeric' ? MOST_DIGITS : null }]);
  const tuples = tupleRowLane.createWriter(columns, {})(texts.map((text) => [text]));
  return tupleFields(tuples).map(([field]) => field?.toString('hex'));
}
const hexOf = (type: ColumnType, text: string): string => written(type, [text])[0] ?? assert.fail('null');

/** A numeric's text from its binary format. */
function numericText(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  const [groups, weight, sign, scale] = [0, 2, 4, 6].map((at) => bytes.readInt16BE(at)) as [
    number,
    number,
    number,
    number,
  ];
  assert.equal(bytes.length, 8 + groups * 2);
  const values = Array.from({ length: groups }, (_, index) => bytes.readInt16BE(8 + index * 2));
  assert.ok(values[0] !== 0 && values.at(-1) !== 0, 'no group at either end is zero');
  if (groups === 0) assert.deepEqual([weight, sign], [0, 0]);
  const unscaled = values.reduce((sum, value, index) => {
    assert.ok(value >= 0 && value < 10_000);
    return sum + BigInt(value) * 10n ** BigInt((weight - index) * 4 + 200);
  }, 0n);
  const digits = String(unscaled / 10n ** BigInt(200 - scale)).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${sign === 0 ? '' : '-'}${whole}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`;
}

describe('the row lane writes the tuples of COPY BINARY:', () => {
  it('the number of fields, then each with its length; nulls have none', () => {
    const { columns } = outlineFor(['word', { name: 'n', label: 'N', type: 'integer' }]);
    const write = tupleRowLane.createWriter(columns, {});
    const rows = [
      ['é', '-2'],
      [null, '2147483647'],
      ['', null],
    ];
    const expected = [
      ['0002', '00000002', 'c3a9', '00000004', 'fffffffe'],
      ['0002', 'ffffffff', '00000004', '7fffffff'],
      ['0002', '00000000', 'ffffffff'],
    ];
    assert.equal(write(rows).toString('hex'), expected.flat().join(''));
    assert.equal(write([]).length, 0);
    assert.equal(write(rows.slice(2)).toString('hex'), expected[2]?.join(''));
  });

  it('values of every length, in memory that grows', () => {
    const { columns } = outlineFor(['a', 'b']);
    const write = tupleRowLane.createWriter(columns, {});
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((some) => some.toWellFormed());
    const row = fc.tuple(text, fc.nat({ max: 3000 })).map(([some, times]) => [some.repeat(times), some]);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
        const fields = tupleFields(write(rows)).map((values) => values.map((value) => value?.toString()));
        assert.deepEqual(fields, rows);
      }),
      { numRuns: 30 },
    );
  });

  for (const [type, values] of Object.entries({
    boolean: { t: '01', f: '00' },
    smallint: { '-32768': '8000', '32767': '7fff' },
    integer: { '-2147483648': '80000000', '0': '00000000' },
    bigint: {
      '-9223372036854775808': '8000000000000000',
      '9223372036854775807': '7fffffffffffffff',
      '-1': 'ffffffffffffffff',
      '-4294967297': 'fffffffeffffffff',
      '9007199254740993': '0020000000000001',
      '-90071992547409931': 'febffffffffffff5',
      '999999999999999': '00038d7ea4c67fff',
      '-99999999999999': 'ffffa50cef85c001',
    },
    'double precision': { '-0': '8000000000000000', NaN: '7ff8000000000000', '5e-324': '0000000000000001' },
    // As double precision: see renderColumn.
    real: { '-Infinity': 'ff800000', '1.401298464324817e-45': '00000001', '0.10000000149011612': '3dcccccd' },
    numeric: {
      NaN: '00000000c0000000',
      Infinity: '00000000d0000020',
      '-Infinity': '00000000f0000020',
      '0.00': '0000000000000002',
      '-0.10': '0001ffff4000000203e8',
      '10000': '00010001000000000001',
      '12345.6': '0003000100000001000109291770',
    },
    uuid: { 'ffffffff-0000-4000-8000-00000000000a': 'ffffffff00004000800000000000000a' },
    date: {
      '2000-01-01': '00000000',
      '1999-12-31': 'ffffffff',
      infinity: '7fffffff',
      '-infinity': '80000000',
      '4714-11-24 BC': 'ffda97a7',
      '5874897-12-31': '7fda970c',
    },
    time: { '00:00:00': '0000000000000000', '24:00:00': '000000141dd76000', '23:59:59.999999': '000000141dd75fff' },
    timestamp: {
      '2000-01-01 00:00:00.000001': '0000000000000001',
      infinity: '7fffffffffffffff',
      '-infinity': '8000000000000000',
    },
    timestamptz: {
      '2000-01-01 00:53:28+00:53:28': '0000000000000000',
      '1999-12-31 15:30:00.5-08:30': '000000000007a120',
      infinity: '7fffffffffffffff',
    },
    json: { '{"a": 1}': Buffer.from('{"a": 1}').toString('hex') },
    interval: { '1 mon -1 days': Buffer.from('1 mon -1 days').toString('hex') },
  } satisfies Partial<Record<ColumnType, Record<string, string>>>)) {
    it(type, () => {
      for (const [text, hex] of Object.entries(values)) assert.equal(hexOf(type as ColumnType, text), hex, text);
    });
  }

  it('decimals of any size', () => {
    const digits = (maxLength: number) =>
      fc.array(fc.constantFrom('0', '0', '1', '9'), { maxLength }).map((all) => all.join(''));
    fc.assert(
      fc.property(fc.boolean(), digits(40), digits(40), (isNegative, whole, decimals) => {
        const integer = whole.replace(/^0+(?=\d)|^$/, '') || '0';
        const isZero = !/[1-9]/.test(integer + decimals);
        const text = `${isNegative && !isZero ? '-' : ''}${integer}${decimals === '' ? '' : `.${decimals}`}`;
        assert.equal(numericText(hexOf('numeric', text)), text);
      }),
      { numRuns: 2000 },
    );
  });

  it('decimals with an exponent, as JavaScript writes them, like the same decimals without one', () => {
    const same = {
      '1e-7': '0.0000001',
      '1.5e+21': '1500000000000000000000',
      '-2.50E1': '-25.0',
      '123e-2': '1.23',
      '0.00012e4': '1.2',
      '0e999999999': '0',
      '-0.0e-5': '0',
    };
    for (const [text, plain] of Object.entries(same))
      assert.equal(hexOf('numeric', text), hexOf('numeric', plain), text);
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: -60, max: 60 }), (mantissa, exponent) => {
        const value = mantissa * 10 ** exponent;
        assert.equal(Number(numericText(hexOf('numeric', String(value)))), value);
      }),
      { numRuns: 2000 },
    );
  });

  it('NaN for computed decimals that are too long for a numeric', () => {
    const nan = hexOf('numeric', 'NaN');
    for (const text of [
      '1e131072',
      '-1e999999999',
      '1e-16384',
      '1e-999999999',
      '9'.repeat(131_073),
      `0.${'1'.repeat(16_384)}`,
    ]) {
      assert.equal(hexOf('numeric', text), nan, text.slice(0, 20));
    }
    for (const text of ['1e131071', '1e-16383', '9'.repeat(131_072)]) {
      assert.notEqual(hexOf('numeric', text), nan, text.slice(0, 20));
    }
  });

  it('times of any year and offset', () => {
    // The range of JavaScript's dates.
    const moment = fc.record({
      at: fc.date({ noInvalidDate: true }),
      micros: fc.nat({ max: 999 }),
      offset: fc.integer({ min: -15 * 3600, max: 15 * 3600 }),
    });
    fc.assert(
      fc.property(moment, ({ at, micros, offset }) => {
        const local = new Date(Math.max(-8.64e15, Math.min(8.64e15, at.getTime() + offset * 1000)));
        const [, year = '', rest = ''] = /^([+-]?\d+)(-.*)Z$/.exec(local.toISOString()) ?? [];
        const isBc = Number(year) <= 0;
        const shown = String(isBc ? 1 - Number(year) : Number(year)).padStart(4, '0');
        const [hours, minutes, seconds] = [3600, 60, 1].map((unit) =>
          String(Math.floor(Math.abs(offset) / unit) % 60).padStart(2, '0'),
        );
        const zone = `${offset < 0 ? '-' : '+'}${[hours, minutes, seconds].join(':').replace(/(:00){1,2}$/, '')}`;
        const fraction = `${rest.slice(-3)}${String(micros).padStart(3, '0')}`.replace(/0+$/, '');
        const clock = `${shown}${rest.slice(0, -4).replace('T', ' ')}${fraction === '' ? '' : `.${fraction}`}`;
        const expected = BigInt(local.getTime() - offset * 1000 - Date.UTC(2000, 0)) * 1000n + BigInt(micros);
        const text = `${clock}${zone}${isBc ? ' BC' : ''}`;
        assert.equal(Buffer.from(hexOf('timestamptz', text), 'hex').readBigInt64BE(), expected, text);
      }),
      { numRuns: 2000 },
    );
  });
});
