import type { Emit } from '../encoding.js';
import { joinBounds, type Bounds } from './bounds.js';
import { boundaryOrder, type BoundaryOrder } from './boundary-order.js';
import type { Column, PageFacts, ValueEncoding } from './columns/column.js';
import type { Compress } from './compress.js';
import type { HeldPages } from './held-pages.js';
import { dataPageHeader, dictionaryPageHeader } from './page-header.js';

/** A page in memory, with its header. */
interface HeldPage extends PageFacts {
  /** Its position among the held pages. */
  readonly start: number;
  readonly end: number;
}

/** A column chunk: the pages of one column in one row group. */
export interface ChunkFacts {
  /** Bytes in the file, with headers and the dictionary. */
  readonly bytes: number;
  /** The same before compression. */
  readonly plainBytes: number;
  /** Bytes of the dictionary in the file; 0 if there is none. */
  readonly dictionaryBytes: number;
  readonly nulls: number;
  /** Null if all values are null, or if they have no bounds. */
  readonly bounds: Bounds | null;
  /** How many pages have each encoding. */
  readonly encodings: Readonly<Record<ValueEncoding, number>>;
  /** In order. */
  readonly pages: readonly { readonly bytes: number; readonly nulls: number; readonly bounds: Bounds | null }[];
  /** How the bounds of its pages follow each other; null if a page has none. */
  readonly order: BoundaryOrder | null;
}

/** Collects the pages of one column until their row group is complete. */
export class ColumnChunk {
  readonly column: Column;
  readonly #held: HeldPages;
  #pages: HeldPage[] = [];
  #plainBytes = 0;

  constructor(column: Column, held: HeldPages) {
    this.column = column;
    this.#held = held;
  }

  /** Keeps a page. @param plainBytes before compression */
  hold(facts: PageFacts, plainBytes: number, compressed: Buffer): void {
    const header = dataPageHeader(facts, { plain: plainBytes, compressed: compressed.length });
    this.#pages.push({ ...facts, ...this.#append(header, plainBytes, compressed) });
  }

  #append(header: Buffer, plainBytes: number, compressed: Buffer): { start: number; end: number } {
    const start = this.#held.length;
    this.#held.append(header);
    this.#held.append(compressed);
    this.#plainBytes += header.length + plainBytes;
    return { start, end: this.#held.length };
  }

  /** Emits the chunk, with the dictionary first, and forgets it. */
  async end(compress: Compress, emit: Emit): Promise<ChunkFacts> {
    const dictionary = await this.#endDictionary(compress);
    const pages = this.#pages;
    for (const { start, end } of [dictionary, ...pages]) await this.#held.emit(start, end, emit);
    const facts = chunkFacts(this.column, dictionary.end - dictionary.start, this.#plainBytes, pages);
    this.#pages = [];
    this.#plainBytes = 0;
    return facts;
  }

  async #endDictionary(compress: Compress): Promise<{ start: number; end: number }> {
    const dictionary = this.column.dictionaryPage();
    if (dictionary === null) return { start: 0, end: 0 };
    const { entries, bytes } = dictionary;
    const compressed = await compress(bytes);
    const header = dictionaryPageHeader(entries, { plain: bytes.length, compressed: compressed.length });
    return this.#append(header, bytes.length, compressed);
  }
}

function chunkFacts(
  { order }: Column,
  dictionaryBytes: number,
  plainBytes: number,
  pages: readonly HeldPage[],
): ChunkFacts {
  const encodings: Record<ValueEncoding, number> = { plain: 0, delta: 0, deltaLength: 0, dictionary: 0 };
  let bytes = dictionaryBytes;
  let nulls = 0;
  let bounds: Bounds | null = null;
  for (const page of pages) {
    encodings[page.encoding] += 1;
    bytes += page.end - page.start;
    nulls += page.nulls;
    if (page.bounds !== null) bounds = bounds === null ? page.bounds : joinBounds(order, bounds, page.bounds);
  }
  const isBounded = pages.every((page) => page.bounds !== null || page.nulls === page.rows);
  return {
    ...{ bytes, plainBytes, dictionaryBytes, nulls, encodings },
    bounds: isBounded ? bounds : null,
    pages: pages.map((page) => ({ bytes: page.end - page.start, nulls: page.nulls, bounds: page.bounds })),
    order: isBounded ? boundaryOrder(order, pages) : null,
  };
}
