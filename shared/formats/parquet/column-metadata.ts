import { CODECS, type Codec } from './compress.js';
import { ENCODINGS, VALUE_ENCODINGS } from './columns/column.js';
import type { ChunkIndexes } from './page-index.js';
import type { ParquetColumn } from './schema.js';
import type { SummarizedChunk } from './summary.js';
import { ITEMS, type ThriftWriter } from './thrift-writer.js';
import { PHYSICAL, physicalOf } from './types.js';

/** `ColumnChunk` and what it contains, in parquet.thrift. */

/** `PageType`. */
const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;

interface ChunkPlace {
  readonly column: ParquetColumn;
  readonly codec: Codec;
  readonly rows: number;
  /** Position in the file. */
  readonly position: number;
  readonly indexes: ChunkIndexes | null;
}

/** Writes the item of a row group's list of columns. */
export function writeColumnChunk(thrift: ThriftWriter, chunk: SummarizedChunk, place: ChunkPlace): void {
  const { column, codec, rows, position, indexes } = place;
  thrift.openStruct();
  // There is no copy of the metadata next to the chunk.
  thrift.i64(2, 0);
  thrift.openStruct(3);
  thrift.i32(1, PHYSICAL[physicalOf(column.type)]);
  writeEncodings(thrift, chunk);
  thrift.list(3, ITEMS.binary, 1);
  thrift.itemBinary(Buffer.from(column.name));
  thrift.i32(4, CODECS[codec]);
  thrift.i64(5, rows);
  thrift.i64(6, chunk.plainBytes);
  thrift.i64(7, chunk.bytes);
  thrift.i64(9, position + chunk.dictionaryBytes);
  if (chunk.dictionaryBytes > 0) thrift.i64(11, position);
  writeStatistics(thrift, chunk);
  writePageCounts(thrift, chunk);
  thrift.closeStruct();
  if (indexes !== null) {
    thrift.i64(4, indexes.offset);
    thrift.i32(5, indexes.offsetBytes);
    if (indexes.columnBytes > 0) {
      thrift.i64(6, indexes.column);
      thrift.i32(7, indexes.columnBytes);
    }
  }
  thrift.closeStruct();
}

function writeEncodings(thrift: ThriftWriter, { encodings, dictionaryBytes }: SummarizedChunk): void {
  const values = VALUE_ENCODINGS.filter((name) => encodings[name] > 0 || (name === 'plain' && dictionaryBytes > 0));
  const used = [...values, 'rle' as const].map((name) => ENCODINGS[name]);
  thrift.list(2, ITEMS.i32, used.length);
  for (const encoding of used) thrift.itemInteger(encoding);
}

function writeStatistics(thrift: ThriftWriter, { nulls, bounds }: SummarizedChunk): void {
  thrift.openStruct(12);
  thrift.i64(3, nulls);
  if (bounds !== null) {
    thrift.binary(5, bounds.max);
    thrift.binary(6, bounds.min);
    thrift.bool(7, bounds.isMaxExact);
    thrift.bool(8, bounds.isMinExact);
  }
  thrift.closeStruct();
}

/** How many pages have which encoding: readers may filter by a dictionary if all pages use it. */
function writePageCounts(thrift: ThriftWriter, { encodings, dictionaryBytes }: SummarizedChunk): void {
  const pages = VALUE_ENCODINGS.map((name) => [DATA_PAGE, ENCODINGS[name], encodings[name]] as const);
  const dictionary = [DICTIONARY_PAGE, ENCODINGS.plain, dictionaryBytes > 0 ? 1 : 0] as const;
  const used = [dictionary, ...pages].filter(([, , count]) => count > 0);
  thrift.list(13, ITEMS.struct, used.length);
  for (const [type, encoding, count] of used) {
    thrift.openStruct();
    thrift.i32(1, type);
    thrift.i32(2, encoding);
    thrift.i32(3, count);
    thrift.closeStruct();
  }
}
