import { floatBounds, type Bounds } from '../bounds.js';
import type { GrowingBuffer } from '../growing-buffer.js';
import { LENGTH_BYTES, wrongLength, type TupleBatch } from '../tuples.js';
import { Column, type ColumnLimits, type ValueEncoding } from './column.js';

/**
 * FLOAT and DOUBLE, bit for bit as PostgreSQL sends them, with the encoding PLAIN. Except NaN, which always has the
 * same bits, because PostgreSQL's text, from which the row lane makes values, doesn't show its sign.
 */

const NAN_32 = 0x7fc00000;
const INFINITY_32 = 0x7f800000;
/** The upper halves. */
const NAN_64 = 0x7ff80000;
const INFINITY_64 = 0x7ff00000;
const MAGNITUDE = 0x7fffffff;

/** Values that are stored as PostgreSQL sends them. */
abstract class FloatValues extends Column {
  protected abstract readonly values: Float32Array | Float64Array;
  protected count = 0;

  protected appendValues(page: GrowingBuffer): ValueEncoding {
    const { values, count } = this;
    page.append(new Uint8Array(values.buffer, 0, count * values.BYTES_PER_ELEMENT));
    return 'plain';
  }

  protected findBounds(): Bounds | null {
    return floatBounds(this.values, this.count);
  }

  protected clear(): void {
    this.count = 0;
  }
}

export class FloatColumn extends FloatValues {
  readonly order = 'float';
  readonly #words: Int32Array;
  protected readonly values: Float32Array;

  constructor(limits: ColumnLimits) {
    super(limits);
    this.#words = new Int32Array(limits.pageRows);
    this.values = new Float32Array(this.#words.buffer);
  }

  add({ starts, rows, columns, view }: TupleBatch, index: number): void {
    const words = this.#words;
    const { levels } = this;
    let count = this.count;
    for (let r = 0, k = index; r < rows; r++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + r);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      if (length !== 4) throw wrongLength(length, 4);
      const word = view.getInt32(at);
      words[count++] = (word & MAGNITUDE) > INFINITY_32 ? NAN_32 : word;
    }
    this.count = count;
    this.rows += rows;
  }
}

export class DoubleColumn extends FloatValues {
  readonly order = 'double';
  /** The lower and the upper half of each value. */
  readonly #pairs: Int32Array;
  protected readonly values: Float64Array;

  constructor(limits: ColumnLimits) {
    super(limits);
    this.values = new Float64Array(limits.pageRows);
    this.#pairs = new Int32Array(this.values.buffer);
  }

  add({ starts, rows, columns, view }: TupleBatch, index: number): void {
    const pairs = this.#pairs;
    const { levels } = this;
    let k64 = 2 * this.count;
    for (let r = 0, k = index; r < rows; r++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + r);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      if (length !== 8) throw wrongLength(length, 8);
      const upper = view.getInt32(at);
      const lower = view.getInt32(at + 4);
      const isNaN = (upper & MAGNITUDE) >= INFINITY_64 && ((upper & MAGNITUDE) > INFINITY_64 || lower !== 0);
      pairs[k64] = isNaN ? 0 : lower;
      pairs[k64 + 1] = isNaN ? NAN_64 : upper;
      k64 += 2;
    }
    this.count = k64 / 2;
    this.rows += rows;
  }
}
