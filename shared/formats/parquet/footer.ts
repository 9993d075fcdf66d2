import { writeColumnChunk } from './column-metadata.js';
import type { Codec } from './compress.js';
import { PageIndexWriter } from './page-index.js';
import { writeOrder, type ParquetOrder } from './row-order.js';
import { writeSchema, type ParquetColumn } from './schema.js';
import { SummaryReader, type SummarizedChunk } from './summary.js';
import { ITEMS, ThriftWriter } from './thrift-writer.js';

/** The end of a file: the index of its pages and `FileMetaData` (parquet.thrift), computed from summaries. */

/** The first and the last bytes of a file. README.md of the specification, "File format". */
export const MAGIC = Buffer.from('PAR1');
/** Encodings of version 2 are used. */
const VERSION = 2;
/** The largest ordinal of a row group that its field can hold. */
const MOST_ORDINAL = 0x7fff;
const INITIAL_BYTES = 256 * 1024;
const ROW_GROUP_BYTES = 64 * 1024;

export interface FooterFacts {
  readonly columns: readonly ParquetColumn[];
  readonly order: ParquetOrder;
  readonly codec: Codec;
  readonly createdBy: string;
  /** Key-value metadata. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly hasPageIndex: boolean;
}

/**
 * The bytes after the last row group.
 * @param summaries texts of the segments, in order
 */
export function footerOf(facts: FooterFacts, summaries: readonly string[]): Buffer {
  const groups = new RowGroupsWriter(facts, dataBytes(facts, summaries));
  for (const summary of summaries) groups.addSegment(summary);
  const thrift = new ThriftWriter(INITIAL_BYTES);
  thrift.openStruct();
  thrift.i32(1, VERSION);
  writeSchema(thrift, 2, facts.columns);
  thrift.i64(3, groups.rows);
  thrift.list(4, ITEMS.struct, groups.count);
  thrift.items(groups.written());
  writeMetadata(thrift, facts);
  thrift.closeStruct();
  const metadata = thrift.written();
  const length = Buffer.alloc(4);
  length.writeUInt32LE(metadata.length);
  return Buffer.concat([groups.index.end(), metadata, length, MAGIC]);
}

/** Where the last row group ends. */
function dataBytes({ columns, hasPageIndex }: FooterFacts, summaries: readonly string[]): number {
  let bytes = MAGIC.length;
  for (const summary of summaries) {
    const reader = new SummaryReader(summary, hasPageIndex);
    while (reader.nextGroup() !== null) for (const _ of columns) bytes += reader.nextChunk().bytes;
  }
  return bytes;
}

function writeMetadata(thrift: ThriftWriter, { columns, metadata, createdBy }: FooterFacts): void {
  const pairs = Object.entries(metadata);
  thrift.list(5, ITEMS.struct, pairs.length);
  for (const [key, value] of pairs) {
    thrift.openStruct();
    thrift.text(1, key);
    thrift.text(2, value);
    thrift.closeStruct();
  }
  thrift.text(6, createdBy);
  // All bounds are in the order that the specification defines for the type.
  thrift.list(7, ITEMS.struct, columns.length);
  for (const _ of columns) {
    thrift.openStruct();
    thrift.emptyStruct(1);
    thrift.closeStruct();
  }
}

/** Writes the items of the list of row groups. */
class RowGroupsWriter {
  rows = 0;
  count = 0;
  readonly index: PageIndexWriter;
  readonly #facts: FooterFacts;
  readonly #thrift = new ThriftWriter(INITIAL_BYTES);
  readonly #chunks = new ThriftWriter(ROW_GROUP_BYTES);
  #position = MAGIC.length;

  constructor(facts: FooterFacts, indexStart: number) {
    this.#facts = facts;
    this.index = new PageIndexWriter(indexStart);
  }

  written(): Buffer {
    return this.#thrift.written();
  }

  addSegment(summary: string): void {
    const { columns, hasPageIndex } = this.#facts;
    const reader = new SummaryReader(summary, hasPageIndex);
    for (let group = reader.nextGroup(); group !== null; group = reader.nextGroup()) {
      const start = this.#position;
      this.#chunks.clear();
      const chunks = columns.map((column) => this.#addChunk(column, reader, group));
      this.#endGroup(start, chunks, group.rows);
    }
  }

  #addChunk(
    column: ParquetColumn,
    reader: SummaryReader,
    { rows, pageRows }: { readonly rows: number; readonly pageRows: readonly number[] },
  ): SummarizedChunk {
    const { codec, hasPageIndex } = this.#facts;
    const chunk = reader.nextChunk();
    const position = this.#position;
    const indexes = hasPageIndex ? this.index.add(chunk, position, pageRows) : null;
    writeColumnChunk(this.#chunks, chunk, { column, codec, rows, position, indexes });
    this.#position += chunk.bytes;
    return chunk;
  }

  #endGroup(start: number, chunks: readonly SummarizedChunk[], rows: number): void {
    const thrift = this.#thrift;
    const plainBytes = chunks.reduce((sum, chunk) => sum + chunk.plainBytes, 0);
    const nulls = chunks.map((chunk) => chunk.nulls);
    thrift.openStruct();
    thrift.list(1, ITEMS.struct, chunks.length);
    thrift.items(this.#chunks.written());
    thrift.i64(2, plainBytes);
    thrift.i64(3, rows);
    writeOrder(thrift, 4, this.#facts.order, nulls);
    thrift.i64(5, start);
    thrift.i64(6, this.#position - start);
    if (this.count <= MOST_ORDINAL) thrift.i16(7, this.count);
    thrift.closeStruct();
    this.count += 1;
    this.rows += rows;
  }
}
