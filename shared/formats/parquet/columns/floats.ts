import { floatBounds, type Bounds } from '../bounds.js';
import type { GrowingBuffer } from '../growing-buffer.js';
import { LENGTH_BYTES, wrongLength, type TupleBatch } from '../tuples.js';
import { Column, type ColumnLimits, type ValueEncoding } from './column.js';

/** FLOAT and DOUBLE, bit by bit as PostgreSQL sends them, with the encoding PLAIN. */

export class FloatColumn extends Column {
  readonly order = 'float';
  readonly #words: Int32Array;
  readonly #values: Float32Array;
  #count = 0;

  constructor(limits: ColumnLimits) {
    super(limits);
    this.#words = new Int32Array(limits.pageRows);
    this.#values = new Float32Array(this.#words.buffer);
  }

  add({ starts, rows, columns, view }: TupleBatch, index: number): void {
    const words = this.#words;
    const { levels } = this;
    let count = this.#count;
    for (let r = 0, k = index; r < rows; r++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + r);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      if (length !== 4) throw wrongLength(length, 4);
      words[count++] = view.getInt32(at);
    }
    this.#count = count;
    this.rows += rows;
  }

  protected appendValues(page: GrowingBuffer): ValueEncoding {
    page.append(new Uint8Array(this.#words.buffer, 0, this.#count * 4));
    return 'plain';
  }

  protected findBounds(): Bounds | null {
    return floatBounds(this.#values, this.#count);
  }

  protected clear(): void {
    this.#count = 0;
  }
}

export class DoubleColumn extends Column {
  readonly order = 'double';
  /** The lower and the upper half of each value. */
  readonly #pairs: Int32Array;
  readonly #values: Float64Array;
  #count = 0;

  constructor(limits: ColumnLimits) {
    super(limits);
    this.#values = new Float64Array(limits.pageRows);
    this.#pairs = new Int32Array(this.#values.buffer);
  }

  add({ starts, rows, columns, view }: TupleBatch, index: number): void {
    const pairs = this.#pairs;
    const { levels } = this;
    let k64 = 2 * this.#count;
    for (let r = 0, k = index; r < rows; r++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + r);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      if (length !== 8) throw wrongLength(length, 8);
      pairs[k64] = view.getInt32(at + 4);
      pairs[k64 + 1] = view.getInt32(at);
      k64 += 2;
    }
    this.#count = k64 / 2;
    this.rows += rows;
  }

  protected appendValues(page: GrowingBuffer): ValueEncoding {
    page.append(new Uint8Array(this.#values.buffer, 0, this.#count * 8));
    return 'plain';
  }

  protected findBounds(): Bounds | null {
    return floatBounds(this.#values, this.#count);
  }

  protected clear(): void {
    this.#count = 0;
  }
}
