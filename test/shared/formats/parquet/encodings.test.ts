import assert from 'node:assert/strict';
import fc from 'fast-check';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { appendDelta32 } from '../../../../shared/formats/parquet/delta-32.js';
import { appendDelta64 } from '../../../../shared/formats/parquet/delta-64.js';
import { GrowingBuffer, viewOf } from '../../../../shared/formats/parquet/growing-buffer.js';
import { appendHybrid } from '../../../../shared/formats/parquet/hybrid.js';
import { Levels } from '../../../../shared/formats/parquet/levels.js';
import { ITEMS, ThriftWriter } from '../../../../shared/formats/parquet/thrift-writer.js';

/** What `append` wrote, after a byte that belongs to something else. */
function written(append: (out: GrowingBuffer) => void): Buffer {
  const out = new GrowingBuffer(1);
  out.appendVarint(7);
  append(out);
  return Buffer.from(out.written().subarray(1));
}

const reader = (bytes: Buffer) => ({ view: viewOf(bytes), offset: 0 });

const RUNS = fc
  .array(fc.tuple(fc.nat(2 ** 31 - 1), fc.integer({ min: 1, max: 150 })), { minLength: 1, maxLength: 20 })
  .map((runs) => runs.flatMap(([value, count]) => Array.from({ length: count }, () => value)));

describe("Parquet's encodings are read back by hyparquet:", () => {
  // hyparquet misreads more than 24 bits; no dictionary has that many entries.
  it('RLE and bit packing, of up to 24 bits, with runs of any length', () => {
    fc.assert(
      fc.property(RUNS, fc.integer({ min: 1, max: 24 }), (numbers, width) => {
        const values = Int32Array.from(numbers, (value) => value % 2 ** width);
        const bytes = written((out) => {
          appendHybrid(values, values.length, width, out);
        });
        const read = new Int32Array(values.length);
        readRleBitPackedHybrid(reader(bytes), width, read, bytes.length);
        assert.deepEqual(read, values);
      }),
    );
  });

  it('RLE takes a few bytes for a long run, wherever it begins', () => {
    for (let before = 0; before < 20; before++) {
      const values = Int32Array.from({ length: 10_000 }, (_, i) => (i < before ? i % 2 : 1));
      const bytes = written((out) => {
        appendHybrid(values, values.length, 1, out);
      });
      assert.ok(bytes.length < 12, `${bytes.length} bytes after ${before} others`);
    }
  });

  const INT32 = fc.oneof(
    fc.integer(),
    fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0),
    fc.integer({ min: -5, max: 5 }),
    fc.integer({ min: 1_000_000, max: 1_000_100 }),
  );
  it('DELTA_BINARY_PACKED of 32-bit numbers, also if differences overflow', () => {
    fc.assert(
      fc.property(fc.array(INT32, { minLength: 1, maxLength: 400 }), (numbers) => {
        const values = Int32Array.from(numbers);
        const bytes = written((out) => {
          appendDelta32(values, values.length, out);
        });
        const read = new Int32Array(values.length);
        deltaBinaryUnpack(reader(bytes), read.length, read);
        assert.deepEqual(read, values);
      }),
    );
  });

  const INT64 = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 0n, 2n ** 32n, -(2n ** 32n), 2n ** 31n),
    fc.bigInt({ min: -5n, max: 5n }),
    fc.bigInt({ min: 1_700_000_000_000_000n, max: 1_700_000_000_100_000n }),
  );
  it('DELTA_BINARY_PACKED of 64-bit numbers, also if differences overflow', () => {
    fc.assert(
      fc.property(fc.array(INT64, { minLength: 1, maxLength: 400 }), (numbers) => {
        const values = BigInt64Array.from(numbers);
        const bytes = written((out) => {
          appendDelta64(new Int32Array(values.buffer), values.length, out);
        });
        const read = new BigInt64Array(values.length);
        deltaBinaryUnpack(reader(bytes), read.length, read);
        assert.deepEqual(read, values);
      }),
    );
  });

  it('definition levels, page after page', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 300 }), { maxLength: 3 }), (pages) => {
        const levels = new Levels(300);
        for (const page of pages) {
          for (const [row, isNull] of page.entries()) if (isNull) levels.setNull(row);
          assert.equal(levels.nulls, page.filter(Boolean).length);
          const bytes = written((out) => {
            levels.appendTo(out, page.length);
          });
          const read = new Int32Array(page.length);
          // Without a length, it is read from the first four bytes.
          readRleBitPackedHybrid(reader(bytes), 1, read);
          assert.deepEqual(
            [...read],
            page.map((isNull) => Number(!isNull)),
          );
        }
      }),
    );
  });

  it('numbers, texts, booleans, lists and structs of Thrift', () => {
    const thrift = new ThriftWriter(1);
    thrift.openStruct();
    thrift.i32(1, -5);
    thrift.bool(2, true);
    thrift.bool(3, false);
    thrift.openStruct(4);
    thrift.i64(7, 2 ** 45 + 1);
    thrift.emptyStruct(9);
    thrift.closeStruct();
    thrift.text(5, 'Größe 🙂');
    thrift.list(6, ITEMS.i64, 20);
    for (let i = 0; i < 20; i++) thrift.itemInteger(-i);
    thrift.list(7, ITEMS.bool, 2);
    thrift.itemBool(true);
    thrift.itemBool(false);
    thrift.byte(8, 16);
    thrift.closeStruct();
    const read = deserializeTCompactProtocol(reader(Buffer.from(thrift.written())));
    assert.deepEqual(read, {
      field_1: -5,
      field_2: true,
      field_3: false,
      field_4: { field_7: BigInt(2 ** 45 + 1), field_9: {} },
      field_5: new Uint8Array(Buffer.from('Größe 🙂')),
      field_6: Array.from({ length: 20 }, (_, i) => BigInt(-i)),
      field_7: [true, false],
      field_8: 16,
    });
  });
});
