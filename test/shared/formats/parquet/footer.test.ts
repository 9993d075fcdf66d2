import assert from 'node:assert/strict';
import { parquetMetadata, readOffsetIndex } from 'hyparquet';
import type { ChunkFacts } from '../../../../shared/formats/parquet/column-chunk.js';
import { footerOf, MAGIC } from '../../../../shared/formats/parquet/footer.js';
import { SummaryWriter } from '../../../../shared/formats/parquet/summary.js';

const ROWS = 1000;
const DICTIONARY = 100;
/** The bytes of a chunk's pages, which have 32 bits each. */
const PAGES = [1_500_000_000, 1_700_000_000];
const CHUNK = DICTIONARY + 3_200_000_000;
const GROUPS = 3;
const COLUMNS = 2;

function chunk(): ChunkFacts {
  const pages = PAGES.map((bytes) => ({ bytes, nulls: 0, bounds: null }));
  return {
    ...{ bytes: CHUNK, plainBytes: CHUNK * 2, dictionaryBytes: DICTIONARY, nulls: 0, bounds: null, order: null },
    ...{ encodings: { plain: 0, delta: 0, deltaLength: 0, dictionary: PAGES.length }, pages },
  };
}

function summaryOf(groups: number): string {
  const writer = new SummaryWriter(true);
  for (let group = 0; group < groups; group++) {
    writer.add({ rows: 2 * ROWS, pageRows: [ROWS, ROWS], chunks: Array.from({ length: COLUMNS }, chunk) });
  }
  return writer.end();
}

describe('the footer of a Parquet file of 19 GB', () => {
  const names = Array.from({ length: COLUMNS }, (_, index) => `column ${index}`);
  const tail = footerOf(
    {
      columns: names.map((name) => ({ name, type: { kind: 'text' } })),
      ...{ order: { columns: [], descending: false }, codec: 'none', createdBy: 'a test', metadata: {} },
      hasPageIndex: true,
    },
    // Two segments.
    [summaryOf(1), summaryOf(GROUPS - 1)],
  );
  const { row_groups: groups, num_rows: rows } = parquetMetadata(new Uint8Array(tail).buffer);
  const chunkStart = (group: number, column: number): number => MAGIC.length + (group * COLUMNS + column) * CHUNK;

  it('has the exact position and size of each column chunk', () => {
    assert.equal(rows, BigInt(GROUPS * 2 * ROWS));
    assert.ok(chunkStart(GROUPS - 1, COLUMNS - 1) > 2 ** 33);
    const found = groups.map(
      ({ file_offset: offset, total_compressed_size: size, total_byte_size: plain, columns }) => [
        ...[offset, size, plain],
        ...columns.flatMap(({ meta_data: data }) => [
          ...[data?.dictionary_page_offset, data?.data_page_offset],
          ...[data?.total_compressed_size, data?.total_uncompressed_size],
        ]),
      ],
    );
    const wanted = groups.map((_, group) => [
      ...[chunkStart(group, 0), COLUMNS * CHUNK, COLUMNS * CHUNK * 2],
      ...names.flatMap((_name, column) => {
        const start = chunkStart(group, column);
        return [start, start + DICTIONARY, CHUNK, CHUNK * 2];
      }),
    ]);
    assert.deepEqual(
      found,
      wanted.map((numbers) => numbers.map(BigInt)),
    );
  });

  it('has the exact position of each page, and of the index that says so', () => {
    const dataEnd = chunkStart(GROUPS, 0);
    for (const [group, { columns }] of groups.entries()) {
      for (const [column, { offset_index_offset: offset, offset_index_length: length }] of columns.entries()) {
        const at = Number(offset) - dataEnd;
        assert.ok(at >= 0 && at + Number(length) < tail.length);
        const view = new DataView(new Uint8Array(tail.subarray(at, at + Number(length))).buffer);
        const start = chunkStart(group, column) + DICTIONARY;
        assert.deepEqual(
          readOffsetIndex({ view, offset: 0 }).page_locations,
          PAGES.map((bytes, page) => ({
            ...{ offset: BigInt(page === 0 ? start : start + (PAGES[0] ?? 0)), compressed_page_size: bytes },
            first_row_index: BigInt(page * ROWS),
          })),
        );
      }
    }
  });
});
