import { appendHybrid, appendRun } from './hybrid.js';
import type { GrowingBuffer } from './growing-buffer.js';

/** Levels of a column that isn't nested: 1 for a value, 0 for null. */
const LEVEL_BITS = 1;
/** Version 1 of data pages puts the length of the levels before them. */
const LENGTH_BYTES = 4;

/** The definition levels of a page: which of its rows are null. README.md of the specification, "Nulls". */
export class Levels {
  nulls = 0;
  /** One per row. */
  readonly #levels: Int32Array;

  /** @param rows the most rows of a page */
  constructor(rows: number) {
    this.#levels = new Int32Array(rows).fill(1);
  }

  setNull(row: number): void {
    this.#levels[row] = 0;
    this.nulls++;
  }

  /** Appends the levels of a page to it, and forgets them. */
  appendTo(page: GrowingBuffer, rows: number): void {
    page.reserve(LENGTH_BYTES);
    const start = page.length;
    page.length += LENGTH_BYTES;
    if (this.nulls === 0) appendRun(1, rows, LEVEL_BITS, page);
    else appendHybrid(this.#levels, rows, LEVEL_BITS, page);
    page.view.setInt32(start, page.length - start - LENGTH_BYTES, true);
    if (this.nulls > 0) this.#levels.fill(1);
    this.nulls = 0;
  }
}
