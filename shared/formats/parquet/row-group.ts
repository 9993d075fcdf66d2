import type { Emit } from '../encoding.js';
import { ColumnChunk, type ChunkFacts } from './column-chunk.js';
import type { Column, PageFacts } from './columns/column.js';
import { compressWith, PAGES_AT_ONCE, type Codec, type Compress } from './compress.js';
import { GrowingBuffer } from './growing-buffer.js';
import { HeldPages } from './held-pages.js';

const PAGE_BYTES = 128 * 1024;

/** A row group that has been written. */
export interface GroupFacts {
  readonly rows: number;
  /** Rows of each page; the pages of all columns have the same. */
  readonly pageRows: readonly number[];
  /** By column. */
  readonly chunks: readonly ChunkFacts[];
}

/** Collects the pages of a row group, and emits them column by column. */
export class RowGroup {
  readonly #chunks: readonly ColumnChunk[];
  readonly #held = new HeldPages();
  readonly #compress: Compress;
  /** For pages that will be compressed. */
  readonly #free: GrowingBuffer[] = [];
  #pageRows: number[] = [];

  constructor(columns: readonly Column[], codec: Codec) {
    this.#chunks = columns.map((column) => new ColumnChunk(column, this.#held));
    this.#compress = compressWith(codec);
  }

  /** Bytes of its pages so far. */
  get bytes(): number {
    return this.#held.length;
  }

  /** @param rows how many are expected */
  begin(rows: number): void {
    for (const { column } of this.#chunks) column.beginGroup(rows);
  }

  /** Ends the page of each column, and compresses it. */
  async endPages(rows: number): Promise<void> {
    this.#pageRows.push(rows);
    const running: Promise<void>[] = [];
    for (const chunk of this.#chunks) {
      if (running.length === PAGES_AT_ONCE) await running.shift();
      const buffer = this.#free.pop() ?? new GrowingBuffer(PAGE_BYTES);
      buffer.length = 0;
      const facts = chunk.column.endPage(buffer);
      const compressed = this.#compress(buffer.written());
      if (compressed instanceof Promise) {
        const held = compressed.then((bytes) => {
          this.#hold(chunk, facts, buffer, bytes);
        });
        // An error is reported when it is awaited.
        held.catch(() => undefined);
        running.push(held);
      } else this.#hold(chunk, facts, buffer, compressed);
    }
    await Promise.all(running);
  }

  /** Pages may be held in any order, because each chunk gets one at a time. */
  #hold(chunk: ColumnChunk, facts: PageFacts, buffer: GrowingBuffer, compressed: Buffer): void {
    chunk.hold(facts, buffer.length, compressed);
    this.#free.push(buffer);
  }

  /** Emits the row group, whose pages have ended. */
  async end(emit: Emit): Promise<GroupFacts> {
    const chunks: ChunkFacts[] = [];
    for (const chunk of this.#chunks) chunks.push(await chunk.end(this.#compress, emit));
    const pageRows = this.#pageRows;
    this.#pageRows = [];
    this.#held.clear();
    return { rows: pageRows.reduce((sum, rows) => sum + rows, 0), pageRows, chunks };
  }
}
