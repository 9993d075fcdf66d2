import assert from 'node:assert/strict';
import fc from 'fast-check';
import { viewOf } from '../../../../shared/formats/parquet/growing-buffer.js';
import { NumericReader } from '../../../../shared/formats/parquet/numeric-reader.js';
import { numeric } from './tuples.js';

/** The decimal that an unscaled number stands for. */
function decimalText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

const signed128 = (words: Int32Array): bigint =>
  BigInt.asIntN(
    128,
    words.reduceRight((sum, word) => (sum << 32n) | BigInt.asUintN(32, BigInt(word)), 0n),
  );

const digits = fc
  .integer({ min: 1, max: 38 })
  .chain((precision) =>
    fc.record({ precision: fc.constant(precision), scale: fc.integer({ min: 0, max: precision }) }),
  );
const withNumber = digits.chain((size) => {
  const most = 10n ** BigInt(size.precision) - 1n;
  return fc.record({
    size: fc.constant(size),
    unscaled: fc.oneof(fc.bigInt({ min: -most, max: most }), fc.constantFrom(most, -most, 0n, 1n, -1n)),
  });
});

describe("PostgreSQL's binary numeric", () => {
  it('is read exactly, with any precision and scale up to 38 digits', () => {
    fc.assert(
      fc.property(withNumber, ({ size, unscaled }) => {
        const view = viewOf(Buffer.concat([Buffer.alloc(3), numeric(decimalText(unscaled, size.scale))]));
        const reader = new NumericReader(size);
        assert.ok(reader.readWide(view, 3));
        assert.equal(signed128(reader.words), unscaled);
        const narrow = reader.read(view, 3);
        if (narrow !== undefined) assert.equal(BigInt(narrow), unscaled);
        else assert.ok(size.precision > 9, 'only long numbers need readWide');
      }),
      { numRuns: 1000 },
    );
  });

  it('has no value if it has more digits than declared', () => {
    for (const [text, precision, scale] of [
      ['100', 2, 0],
      ['1.005', 12, 2],
      ['0.00001', 12, 4],
      ['99999999999.99', 12, 2],
      ['100000000000000000000', 20, 0],
      ['0.12345678901234567891', 38, 19],
      ['NaN', 12, 2],
      ['Infinity', 12, 2],
      ['-Infinity', 38, 10],
    ] as const) {
      const view = viewOf(numeric(text));
      const reader = new NumericReader({ precision, scale });
      assert.equal(reader.readWide(view, 0), false, text);
      assert.ok(Number.isNaN(reader.read(view, 0) ?? NaN), text);
    }
  });

  it('may have zeros behind its digits', () => {
    const zeros = Buffer.concat([numeric('7'), Buffer.alloc(4)]);
    zeros.writeInt16BE(3);
    const reader = new NumericReader({ precision: 9, scale: 0 });
    assert.equal(reader.read(viewOf(zeros), 0), 7);
    assert.equal(reader.readWide(viewOf(zeros), 0), true);
  });
});
