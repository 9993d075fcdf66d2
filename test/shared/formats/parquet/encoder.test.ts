import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetEncoding } from '../../../../shared/formats/parquet/encoding.js';
import { outlineFor } from '../../../support/outline.js';
import { encodeFile, encodeSegment, WHOLE, type TestFile } from './encoded.js';
import { int32, int64, numeric, tupleOf, type RowFields } from './tuples.js';

const COLUMNS = [
  { name: 'id', label: 'Id', type: 'bigint' },
  { name: 'name', label: 'Name', type: 'text' },
  { name: 'owner', label: 'Owner', type: 'uuid' },
  { name: 'count', label: 'Count', type: 'integer' },
  { name: 'price', label: 'Price', type: 'numeric', decimal: { precision: 12, scale: 2 } },
] as const;

const UUIDS = Array.from({ length: 40 }, (_, i) => Buffer.alloc(16, i * 6));
const nullable = (value: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer | null> => fc.option(value, { freq: 4 });
const row: fc.Arbitrary<RowFields> = fc.tuple(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(int64),
  nullable(fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text))),
  nullable(fc.constantFrom(...UUIDS)),
  nullable(fc.integer().map(int32)),
  nullable(fc.integer({ min: -1e9, max: 1e9 }).map((cents) => numeric((cents / 100).toFixed(2)))),
);

/** A file's rows as hyparquet reads them, with texts and numbers as the file holds them. */
async function read(bytes: Buffer): Promise<Record<string, unknown>[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  return parquetReadObjects({ file, compressors });
}
function metadata(bytes: Buffer) {
  return parquetMetadata(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer);
}

const text = (value: string): Buffer => Buffer.from(value);
const TEXT: TestFile = { columns: ['name'] };

describe('the encoder of Parquet segments', () => {
  it('writes the same bytes however the rows are cut into chunks', async () => {
    const small = { groups: 2, groupRows: 37, lastRows: 40, hasPageIndex: true };
    const file = { columns: COLUMNS, position: small, options: { compression: 'none' } };
    const segments = fc.array(row, { minLength: 1, maxLength: 120 });
    const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3000 })), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(segments, cuts, async (rows, sizes) => {
        const whole = await encodeSegment(file, rows);
        const cut = await encodeSegment(file, rows, { cuts: sizes });
        assert.ok(whole.bytes.equals(cut.bytes));
        assert.deepEqual(cut.written, whole.written);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps every value of every row, in order, over segments and row groups', async () => {
    const rows = fc.sample(row, { numRuns: 500, seed: 1 });
    const position = { groups: 3, groupRows: 60, lastRows: 70, hasPageIndex: true };
    for (const compression of ['snappy', 'zstd', 'gzip', 'none']) {
      const file = { columns: COLUMNS, position, options: { compression } };
      const found = await read(await encodeFile(file, [rows.slice(0, 200), [], rows.slice(200)]));
      assert.equal(found.length, rows.length);
      for (const [index, [id, name, owner, count, price]] of rows.entries()) {
        const got = found[index] ?? {};
        assert.equal(got.id, id?.readBigInt64BE());
        assert.equal(got.name ?? null, name?.toString() ?? null);
        assert.equal(
          typeof got.owner === 'string' ? got.owner.replaceAll('-', '') : null,
          owner?.toString('hex') ?? null,
        );
        assert.equal(got.count ?? null, count?.readInt32BE() ?? null);
        assert.equal(got.price == null, price === null);
      }
    }
  });

  it('divides the rows into the planned row groups; the last takes some more, further rows go to another', async () => {
    const position = { groups: 3, groupRows: 100, lastRows: 120, hasPageIndex: true };
    const rowsOf = (count: number): RowFields[] => Array.from({ length: count }, (_, i) => [text(`row ${i}`)]);
    const groups = async (count: number): Promise<number[]> =>
      metadata(await encodeFile({ ...TEXT, position }, [rowsOf(count)])).row_groups.map(({ num_rows: rows }) =>
        Number(rows),
      );
    assert.deepEqual(await groups(300), [100, 100, 100]);
    assert.deepEqual(await groups(250), [100, 100, 50]);
    assert.deepEqual(await groups(320), [100, 100, 120]);
    assert.deepEqual(await groups(340), [100, 100, 120, 20]);
    assert.deepEqual(await groups(0), []);
  });

  it('uses a dictionary as long as it makes the file shorter', async () => {
    const sizeOf = async (value: (i: number) => string, rows = 40_000) => {
      const written = await encodeFile({ ...TEXT, options: { compression: 'none' } }, [
        Array.from({ length: rows }, (_, i) => [text(value(i))]),
      ]);
      const [chunk] = metadata(written).row_groups[0]?.columns ?? [];
      assert.equal((await read(written)).length, rows);
      return { bytes: written.length, encodings: chunk?.meta_data?.encodings ?? [] };
    };
    const few = await sizeOf((i) => `customer ${i % 100}`);
    assert.deepEqual(few.encodings, ['PLAIN', 'RLE_DICTIONARY', 'RLE']);
    assert.ok(few.bytes < 50_000);
    const distinct = await sizeOf((i) => `customer ${i}`);
    assert.deepEqual(distinct.encodings, ['DELTA_LENGTH_BYTE_ARRAY', 'RLE']);
    // The first page looks as if there were few values; then the dictionary is full.
    const misleading = await sizeOf((i) => (i < 20_000 ? 'same' : `${i}`.repeat(30)));
    assert.deepEqual(misleading.encodings, ['PLAIN', 'DELTA_LENGTH_BYTE_ARRAY', 'RLE_DICTIONARY', 'RLE']);
    const nulls = await encodeFile(TEXT, [Array.from({ length: 20_000 }, () => [null])]);
    assert.ok((await read(nulls)).every(({ name }) => name == null));
  });

  it('writes null for values that Parquet cannot represent, and counts them', async () => {
    const columns = [
      { name: 'day', label: 'Day', type: 'date' },
      { name: 'at', label: 'At', type: 'timestamptz' },
      { name: 'clock', label: 'Clock', type: 'time' },
      { name: 'price', label: 'Price', type: 'numeric', decimal: { precision: 4, scale: 2 } },
      { name: 'amount', label: 'Amount', type: 'numeric', decimal: { precision: 38, scale: 2 } },
    ] as const;
    const infinite = [int32(0x7fffffff), int64(2n ** 63n - 1n), int64(86_400_000_000n), numeric('NaN'), numeric('NaN')];
    const minus = [int32(-0x80000000), int64(-(2n ** 63n)), int64(0n), numeric('123.45'), numeric('Infinity')];
    const late = 2n ** 63n - 1n - 946_684_800_000_000n;
    const edge = [int32(0), int64(late), int64(86_399_999_999n), numeric('-99.99'), numeric('0.01')];
    const beyond = [int32(1), int64(late + 1n), int64(1n), numeric('0.01'), numeric('-0.01')];
    const { written } = await encodeSegment({ columns }, [infinite, minus, edge, beyond]);
    assert.equal(written.summary.lost, 10);
    const found = await read(await encodeFile({ columns }, [[infinite, minus, edge, beyond]]));
    const isNull = found.map((values) => columns.map(({ name }) => values[name] == null));
    assert.deepEqual(isNull, [
      [true, true, true, true, true],
      [true, true, false, true, true],
      [false, false, false, false, false],
      [false, true, false, false, false],
    ]);
    const [warning] = parquetEncoding.warnings?.([written]) ?? [];
    assert.deepEqual([warning?.code, warning?.count], ['PARQUET_VALUES_LOST', 10]);
  });

  it('writes every NaN with the same bits, because only COPY BINARY shows its sign', async () => {
    const columns = [
      { name: 'double', label: 'Double', type: 'double precision' },
      { name: 'single', label: 'Single', type: 'real' },
    ] as const;
    const bitsOf = async (double: string, single: string): Promise<string> =>
      (await encodeSegment({ columns }, [[Buffer.from(double, 'hex'), Buffer.from(single, 'hex')]])).bytes.toString(
        'hex',
      );
    const nan = await bitsOf('7ff8000000000000', '7fc00000');
    assert.equal(await bitsOf('fff8000000000000', 'ffc00000'), nan);
    assert.equal(await bitsOf('7ff0000000000001', '7f800001'), nan);
    assert.notEqual(await bitsOf('7ff0000000000000', '7f800000'), nan);
    assert.notEqual(await bitsOf('fff0000000000000', 'ff800000'), await bitsOf('7ff0000000000000', '7f800000'));
  });

  it('ignores a row that a sample cuts off, but not one that is missing', async () => {
    const layout = {
      types: [{ kind: 'text' as const }],
      order: { columns: [], descending: false },
      serviceVersion: '1.2.3',
    };
    const encode = (bytes: Buffer, rows: number) => {
      const encoder = parquetEncoding.createEncoder(WHOLE, { ...outlineFor(['name']), layout }, {});
      const skip = (): void => undefined;
      return Promise.resolve(encoder.write({ bytes, rows }, skip)).then(() => encoder.end(skip));
    };
    const two = Buffer.concat([tupleOf([text('a')]), tupleOf([text('b')])]);
    assert.deepEqual(await encode(two.subarray(0, -1), 1), await encode(tupleOf([text('a')]), 1));
    await assert.rejects(encode(two.subarray(0, -1), 2), /Only 1 of 2 rows are complete/);
  });

  it('refuses rows whose fields are not those of the plan', async () => {
    await assert.rejects(encodeSegment(TEXT, [[text('a'), text('b')]]), /2 fields instead of 1/);
    await assert.rejects(
      encodeSegment({ columns: COLUMNS }, [[int32(1), null, null, null, null]]),
      /4 bytes instead of 8/,
    );
    await assert.rejects(
      encodeSegment({ columns: [{ name: 'u', label: 'U', type: 'uuid' }] }, [[text('short')]]),
      /5 bytes instead of 16/,
    );
  });
});
