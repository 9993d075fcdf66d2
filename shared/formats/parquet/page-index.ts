import { BOUNDARY_ORDERS } from './boundary-order.js';
import type { SummarizedChunk } from './summary.js';
import { ITEMS, ThriftWriter } from './thrift-writer.js';

/** The page index, with which readers skip pages. PageIndex.md of the specification. */

/** Position and length in bytes of both indexes of a chunk in the file. */
export interface ChunkIndexes {
  readonly offset: number;
  readonly offsetBytes: number;
  /** 0 bytes if the pages have no bounds. */
  readonly column: number;
  readonly columnBytes: number;
}

const INITIAL_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/** Writes the indexes of all chunks, one after the other. */
export class PageIndexWriter {
  readonly #start: number;
  readonly #thrift = new ThriftWriter(INITIAL_BYTES);

  /** @param start position in the file */
  constructor(start: number) {
    this.#start = start;
  }

  /** @param chunk at `position` in the file @param pageRows rows of each of its pages */
  add(chunk: SummarizedChunk, position: number, pageRows: readonly number[]): ChunkIndexes {
    const column = this.#start + this.#thrift.length;
    if (chunk.order !== null) this.#addColumnIndex(chunk, pageRows);
    const offset = this.#start + this.#thrift.length;
    this.#addOffsetIndex(chunk, position, pageRows);
    const end = this.#start + this.#thrift.length;
    return { offset, offsetBytes: end - offset, column, columnBytes: offset - column };
  }

  /** The bounds of each page. */
  #addColumnIndex({ pages, order }: SummarizedChunk, pageRows: readonly number[]): void {
    const thrift = this.#thrift;
    thrift.openStruct();
    thrift.list(1, ITEMS.bool, pages.length);
    for (const [index, { nulls }] of pages.entries()) thrift.itemBool(nulls === pageRows[index]);
    thrift.list(2, ITEMS.binary, pages.length);
    for (const { bounds } of pages) thrift.itemBinary(bounds?.min ?? NOTHING);
    thrift.list(3, ITEMS.binary, pages.length);
    for (const { bounds } of pages) thrift.itemBinary(bounds?.max ?? NOTHING);
    thrift.i32(4, BOUNDARY_ORDERS[order ?? 'unordered']);
    thrift.list(5, ITEMS.i64, pages.length);
    for (const { nulls } of pages) thrift.itemInteger(nulls);
    thrift.closeStruct();
  }

  /** Where each page is. */
  #addOffsetIndex({ pages, dictionaryBytes }: SummarizedChunk, position: number, pageRows: readonly number[]): void {
    const thrift = this.#thrift;
    let offset = position + dictionaryBytes;
    let row = 0;
    thrift.openStruct();
    thrift.list(1, ITEMS.struct, pages.length);
    for (const [index, { bytes }] of pages.entries()) {
      thrift.openStruct();
      thrift.i64(1, offset);
      thrift.i32(2, bytes);
      thrift.i64(3, row);
      thrift.closeStruct();
      offset += bytes;
      row += pageRows[index] ?? 0;
    }
    thrift.closeStruct();
  }

  /** The bytes of all indexes. */
  end(): Buffer {
    return this.#thrift.written();
  }
}
