import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { BOUNDARY_ORDERS, type BoundaryOrder } from './boundary-order.js';
import type { Bounds } from './bounds.js';
import type { ChunkFacts } from './column-chunk.js';
import { VALUE_ENCODINGS } from './columns/column.js';
import { GrowingBuffer } from './growing-buffer.js';
import type { GroupFacts } from './row-group.js';

/**
 * The facts about a segment's row groups that the finish needs, as a short text: about 30 bytes for each column chunk
 * before compression, and as many for each page if the file has an index of its pages.
 */

const INITIAL_BYTES = 1024;
/** Flags of bounds. */
const KNOWN = 1;
const MIN_EXACT = 2;
const MAX_EXACT = 4;
/** Instead of the order of the pages, if they have no bounds. */
const NO_ORDER = 3;
const ORDERS: readonly BoundaryOrder[] = ['unordered', 'ascending', 'descending'];

export class SummaryWriter {
  readonly #hasPages: boolean;
  readonly #out = new GrowingBuffer(INITIAL_BYTES);

  constructor(hasPages: boolean) {
    this.#hasPages = hasPages;
  }

  add({ rows, pageRows, chunks }: GroupFacts): void {
    const out = this.#out;
    out.appendVarint(rows);
    if (this.#hasPages) {
      out.appendVarint(pageRows.length);
      for (const count of pageRows) out.appendVarint(count);
    }
    for (const chunk of chunks) this.#addChunk(chunk);
  }

  #addChunk({ bytes, plainBytes, dictionaryBytes, nulls, bounds, encodings, pages, order }: ChunkFacts): void {
    const out = this.#out;
    const counts = VALUE_ENCODINGS.map((name) => encodings[name]);
    for (const value of [bytes, plainBytes, dictionaryBytes, nulls, ...counts]) out.appendVarint(value);
    this.#addBounds(bounds);
    if (!this.#hasPages) return;
    out.appendVarint(order === null ? NO_ORDER : BOUNDARY_ORDERS[order]);
    for (const page of pages) {
      out.appendVarint(page.bytes);
      if (order === null) continue;
      out.appendVarint(page.nulls);
      this.#addBounds(page.bounds);
    }
  }

  #addBounds(bounds: Bounds | null): void {
    const out = this.#out;
    if (bounds === null) {
      out.appendVarint(0);
      return;
    }
    const { min, max, isMinExact, isMaxExact } = bounds;
    out.appendVarint(KNOWN | (isMinExact ? MIN_EXACT : 0) | (isMaxExact ? MAX_EXACT : 0));
    for (const bound of [min, max]) {
      out.appendVarint(bound.length);
      out.append(bound);
    }
  }

  /** The text of all row groups. */
  end(): string {
    return deflateRawSync(this.#out.written()).toString('base64');
  }
}

/** A page of a chunk, as its index describes it. */
export interface IndexedPage {
  readonly bytes: number;
  /** 0 if the chunk's pages have no bounds. */
  readonly nulls: number;
  readonly bounds: Bounds | null;
}

/** A column chunk as a summary describes it. Without an index of pages, it has no pages and no order. */
export type SummarizedChunk = Omit<ChunkFacts, 'pages'> & { readonly pages: readonly IndexedPage[] };

/** Reads a segment's row groups in their order: `nextGroup`, then `nextChunk` for each column. */
export class SummaryReader {
  readonly #hasPages: boolean;
  readonly #bytes: Buffer;
  #at = 0;
  #pages = 0;

  constructor(text: string, hasPages: boolean) {
    this.#bytes = inflateRawSync(Buffer.from(text, 'base64'));
    this.#hasPages = hasPages;
  }

  /** The next row group; null after the last one. */
  nextGroup(): { readonly rows: number; readonly pageRows: readonly number[] } | null {
    if (this.#at === this.#bytes.length) return null;
    const rows = this.#varint();
    this.#pages = this.#hasPages ? this.#varint() : 0;
    return { rows, pageRows: Array.from({ length: this.#pages }, () => this.#varint()) };
  }

  nextChunk(): SummarizedChunk {
    const bytes = this.#varint();
    const plainBytes = this.#varint();
    const dictionaryBytes = this.#varint();
    const nulls = this.#varint();
    // In the order of VALUE_ENCODINGS.
    const [plain, delta] = [this.#varint(), this.#varint()];
    const encodings = { plain, delta, deltaLength: this.#varint(), dictionary: this.#varint() };
    const bounds = this.#bounds();
    const order = this.#hasPages ? (ORDERS[this.#varint()] ?? null) : null;
    const pages = Array.from({ length: this.#pages }, () => this.#page(order !== null));
    return { bytes, plainBytes, dictionaryBytes, nulls, encodings, bounds, order, pages };
  }

  #page(hasBounds: boolean): IndexedPage {
    const bytes = this.#varint();
    return hasBounds ? { bytes, nulls: this.#varint(), bounds: this.#bounds() } : { bytes, nulls: 0, bounds: null };
  }

  #bounds(): Bounds | null {
    const flags = this.#varint();
    if (flags === 0) return null;
    const min = this.#take();
    const max = this.#take();
    return { min, max, isMinExact: (flags & MIN_EXACT) !== 0, isMaxExact: (flags & MAX_EXACT) !== 0 };
  }

  #take(): Buffer {
    const length = this.#varint();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte <= 0x7f) return value;
    }
  }
}
