import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  compareBounds,
  exactBounds,
  floatBounds,
  joinBounds,
  textBounds,
} from '../../../../shared/formats/parquet/bounds.js';

const text = fc
  .string({
    unit: fc.constantFrom('a', 'z', '\u007f', 'é', '\ud7ff', '\ue000', '山', '\uffff', '🙂', '\u{10ffff}'),
    maxLength: 20,
  })
  .map((value) => Buffer.from(value));

describe("the bounds of a Parquet column's values", () => {
  it('are valid texts of about the allowed length, below and above the values', () => {
    fc.assert(
      fc.property(text, text, fc.integer({ min: 4, max: 32 }), (a, b, most) => {
        const [min, max] = Buffer.compare(a, b) <= 0 ? [a, b] : [b, a];
        const bounds = textBounds(min, max, most);
        if (bounds === null) {
          // Only texts of the last code point have none after them.
          assert.ok(max.length > most && max.toString().startsWith('\u{10ffff}'));
          return;
        }
        assert.ok(Buffer.compare(bounds.min, min) <= 0 && Buffer.compare(bounds.max, max) >= 0);
        assert.deepEqual([bounds.isMinExact, bounds.isMaxExact], [min.length <= most, max.length <= most]);
        if (bounds.isMinExact) assert.deepEqual(bounds.min, min);
        if (bounds.isMaxExact) assert.deepEqual(bounds.max, max);
        assert.ok(bounds.min.length <= most && bounds.max.length <= most + 1);
        for (const bound of [bounds.min, bounds.max]) assert.deepEqual(Buffer.from(bound.toString()), bound);
      }),
      { numRuns: 1000 },
    );
  });

  it('are unknown for a long text that is not UTF-8', () => {
    assert.equal(textBounds(Buffer.from('a'), Buffer.from([0x62, 0xff, 0x62, 0x62, 0x62]), 4), null);
  });

  it('leave no room for different orders of zeros and NaN', () => {
    const zeros = floatBounds(Float64Array.of(0, -0), 2);
    assert.ok(zeros !== null);
    assert.ok(Object.is(zeros.min.readDoubleLE(), -0) && Object.is(zeros.max.readDoubleLE(), 0));
    assert.equal(floatBounds(Float64Array.of(1, NaN, 2), 3), null);
    assert.equal(floatBounds(Float32Array.of(NaN), 1), null);
    assert.equal(floatBounds(Float32Array.of(1), 0), null);
    const infinite = floatBounds(Float32Array.of(-Infinity, Infinity, 1), 3);
    assert.deepEqual([infinite?.min.readFloatLE(), infinite?.max.readFloatLE()], [-Infinity, Infinity]);
  });

  it('of chunks contain those of their pages, in the order of the type', () => {
    const int64 = (value: bigint): Buffer => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(value);
      return bytes;
    };
    const a = exactBounds(int64(-(2n ** 40n)), int64(-1n));
    const b = exactBounds(int64(-5n), int64(2n ** 40n));
    assert.deepEqual(joinBounds('int64', a, b), exactBounds(a.min, b.max));
    assert.deepEqual(joinBounds('int64', b, a), exactBounds(a.min, b.max));
    const decimal = (value: number): Buffer => {
      const bytes = Buffer.alloc(16, value < 0 ? 0xff : 0);
      bytes.writeInt32BE(value, 12);
      return bytes;
    };
    assert.ok(compareBounds('decimal', decimal(-2), decimal(-1)) < 0);
    assert.ok(compareBounds('decimal', decimal(-1), decimal(1)) < 0);
    assert.ok(compareBounds('decimal', decimal(3), decimal(2)) > 0);
    assert.ok(compareBounds('bytes', Buffer.of(0x7f), Buffer.of(0x80)) < 0);
    assert.equal(compareBounds('double', Buffer.alloc(8), Buffer.alloc(8)), 0);
  });
});
