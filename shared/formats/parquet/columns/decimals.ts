import { exactBounds, type Bounds } from '../bounds.js';
import type { GrowingBuffer } from '../growing-buffer.js';
import { NumericReader } from '../numeric-reader.js';
import type { TupleBatch } from '../tuples.js';
import { FIXED_BYTES } from '../types.js';
import { Column, type ColumnLimits, type ValueEncoding } from './column.js';
import { Int32Values } from './int32.js';
import { Int64Values } from './int64.js';

/** DECIMAL: unscaled integers. LogicalTypes.md of the specification, "DECIMAL". */

interface Digits {
  readonly precision: number;
  readonly scale: number;
}

/** Decimals of up to 9 digits. */
export class Decimal32Column extends Int32Values {
  readonly #reader: NumericReader;

  constructor(limits: ColumnLimits, digits: Digits) {
    super(limits);
    this.#reader = new NumericReader(digits);
  }

  add({ starts, rows, columns, view }: TupleBatch, index: number): void {
    const { values, levels } = this;
    const reader = this.#reader;
    let { count } = this;
    for (let r = 0, k = index; r < rows; r++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + r);
        continue;
      }
      // A number that only `readWide` can read has too many digits.
      const value = reader.read(view, at) ?? NaN;
      if (Number.isNaN(value)) this.lose(this.rows + r);
      else values[count++] = value;
    }
    this.count = count;
    this.rows += rows;
  }
}

/** Decimals of up to 18 digits. */
export class Decimal64Column extends Int64Values {
  readonly #reader: NumericReader;

  constructor(limits: ColumnLimits, digits: Digits) {
    super(limits);
    this.#reader = new NumericReader(digits);
  }

  add({ starts, rows, columns, view }: TupleBatch, index: number): void {
    const { pairs, levels } = this;
    const reader = this.#reader;
    let k64 = 2 * this.count;
    for (let r = 0, k = index; r < rows; r++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + r);
        continue;
      }
      const value = reader.read(view, at);
      if (value === undefined ? !reader.readWide(view, at) : Number.isNaN(value)) {
        this.lose(this.rows + r);
        continue;
      }
      pairs[k64] = value ?? reader.words[0] ?? 0;
      pairs[k64 + 1] = value === undefined ? (reader.words[1] ?? 0) : Math.floor(value / 2 ** 32);
      k64 += 2;
    }
    this.count = k64 / 2;
    this.rows += rows;
  }
}

/** Decimals of up to 38 digits: 16 bytes, big-endian, in two's complement. */
export class Decimal128Column extends Column {
  readonly order = 'decimal';
  readonly #reader: NumericReader;
  readonly #values: Buffer;
  readonly #view: DataView;
  #count = 0;

  constructor(limits: ColumnLimits, digits: Digits) {
    super(limits);
    this.#reader = new NumericReader(digits);
    this.#values = Buffer.allocUnsafeSlow(FIXED_BYTES * limits.pageRows);
    this.#view = new DataView(this.#values.buffer);
  }

  add({ starts, rows, columns, view }: TupleBatch, index: number): void {
    const { levels } = this;
    const reader = this.#reader;
    const { words } = reader;
    const out = this.#view;
    let o = FIXED_BYTES * this.#count;
    for (let r = 0, k = index; r < rows; r++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + r);
        continue;
      }
      if (!reader.readWide(view, at)) {
        this.lose(this.rows + r);
        continue;
      }
      for (let word = 3; word >= 0; word--, o += 4) out.setInt32(o, words[word] ?? 0);
    }
    this.#count = o / FIXED_BYTES;
    this.rows += rows;
  }

  protected appendValues(page: GrowingBuffer): ValueEncoding {
    page.append(this.#values.subarray(0, FIXED_BYTES * this.#count));
    return 'plain';
  }

  protected findBounds(): Bounds | null {
    if (this.#count === 0) return null;
    let [min, max] = [0, 0];
    for (let o = FIXED_BYTES; o < FIXED_BYTES * this.#count; o += FIXED_BYTES) {
      if (this.#compare(o, min) < 0) min = o;
      if (this.#compare(o, max) > 0) max = o;
    }
    const copy = (o: number): Buffer => Buffer.from(this.#values.subarray(o, o + FIXED_BYTES));
    return exactBounds(copy(min), copy(max));
  }

  /** Compares the numbers at two positions. */
  #compare(a: number, b: number): number {
    const view = this.#view;
    const upper = view.getInt32(a) - view.getInt32(b);
    if (upper !== 0) return upper;
    for (let word = 4; word < FIXED_BYTES; word += 4) {
      const lower = view.getUint32(a + word) - view.getUint32(b + word);
      if (lower !== 0) return lower;
    }
    return 0;
  }

  protected clear(): void {
    this.#count = 0;
  }
}
