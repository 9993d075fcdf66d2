import type { Emit } from '../encoding.js';
import { ColumnChunk, type ChunkFacts } from './column-chunk.js';
import type { Column, PageFacts } from './columns/column.js';
import { compressWith, pagesAtOnce, type Codec, type Compress } from './compress.js';
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
  /** For pages that are being compressed. */
  readonly #buffers: readonly GrowingBuffer[];
  #pageRows: number[] = [];

  constructor(columns: readonly Column[], codec: Codec) {
    this.#chunks = columns.map((column) => new ColumnChunk(column, this.#held));
    this.#compress = compressWith(codec);
    this.#buffers = Array.from({ length: pagesAtOnce(codec) }, () => new GrowingBuffer(PAGE_BYTES));
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
    const waiting: Promise<void>[] = [];
    for (const [index, chunk] of this.#chunks.entries()) {
      const buffer = this.#buffers[index % this.#buffers.length];
      // The buffer is free when the page that used it last has been compressed.
      if (waiting.length === this.#buffers.length) await waiting.shift();
      if (buffer === undefined) continue;
      buffer.length = 0;
      const facts = chunk.column.endPage(buffer);
      const compressed = this.#compress(buffer.written());
      if (compressed instanceof Promise) {
        const held = this.#holdNext(waiting.at(-1), chunk, facts, buffer, compressed);
        // An error is reported when it is awaited.
        held.catch(() => undefined);
        waiting.push(held);
      } else chunk.hold(facts, buffer.length, compressed);
    }
    await Promise.all(waiting);
  }

  /** Holds a page after the one before, so that the same pages are always held in the same order. */
  async #holdNext(
    before: Promise<void> | undefined,
    chunk: ColumnChunk,
    facts: PageFacts,
    buffer: GrowingBuffer,
    compressing: Promise<Buffer>,
  ): Promise<void> {
    const compressed = await compressing;
    await before;
    chunk.hold(facts, buffer.length, compressed);
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
