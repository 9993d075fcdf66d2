import { ENCODINGS, type PageFacts } from './columns/column.js';
import { ThriftWriter } from './thrift-writer.js';

/** `PageHeader` in parquet.thrift: the bytes before each page. */

const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
/** Bytes of most headers. */
const USUAL_BYTES = 64;

/** Sizes of a page in bytes. */
export interface PageSizes {
  readonly plain: number;
  readonly compressed: number;
}

/** The header of a page of values, with levels. */
export function dataPageHeader({ rows, encoding }: PageFacts, sizes: PageSizes): Buffer {
  const thrift = openHeader(DATA_PAGE, sizes);
  thrift.openStruct(5);
  thrift.i32(1, rows);
  thrift.i32(2, ENCODINGS[encoding]);
  thrift.i32(3, ENCODINGS.rle);
  thrift.i32(4, ENCODINGS.rle);
  thrift.closeStruct();
  thrift.closeStruct();
  return thrift.written();
}

/** The header of a dictionary. */
export function dictionaryPageHeader(entries: number, sizes: PageSizes): Buffer {
  const thrift = openHeader(DICTIONARY_PAGE, sizes);
  thrift.openStruct(7);
  thrift.i32(1, entries);
  thrift.i32(2, ENCODINGS.plain);
  thrift.closeStruct();
  thrift.closeStruct();
  return thrift.written();
}

function openHeader(type: number, { plain, compressed }: PageSizes): ThriftWriter {
  const thrift = new ThriftWriter(USUAL_BYTES);
  thrift.openStruct();
  thrift.i32(1, type);
  thrift.i32(2, plain);
  thrift.i32(3, compressed);
  return thrift;
}
