import { exactBounds, type Bounds } from '../bounds.js';
import { appendDelta32 } from '../delta-32.js';
import type { GrowingBuffer } from '../growing-buffer.js';
import { LENGTH_BYTES, wrongLength, type TupleBatch } from '../tuples.js';
import { Column, type ColumnLimits, type ValueEncoding } from './column.js';

/** Values that are stored as INT32: with DELTA_BINARY_PACKED, or with PLAIN if that is shorter. */
export abstract class Int32Values extends Column {
  readonly order = 'int32';
  protected readonly values: Int32Array;
  protected count = 0;

  constructor(limits: ColumnLimits) {
    super(limits);
    this.values = new Int32Array(limits.pageRows);
  }

  protected appendValues(page: GrowingBuffer): ValueEncoding {
    const { values, count } = this;
    const start = page.length;
    if (count > 0) appendDelta32(values, count, page);
    if (count > 0 && page.length - start < count * 4) return 'delta';
    page.length = start;
    page.append(new Uint8Array(values.buffer, 0, count * 4));
    return 'plain';
  }

  protected findBounds(): Bounds | null {
    const { values, count } = this;
    if (count === 0) return null;
    let min = values[0] ?? 0;
    let max = min;
    for (let i = 1; i < count; i++) {
      const value = values[i] ?? 0;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    const write = (value: number): Buffer => {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32LE(value);
      return bytes;
    };
    return exactBounds(write(min), write(max));
  }

  protected clear(): void {
    this.count = 0;
  }
}

export class Int16Column extends Int32Values {
  add({ starts, rows, columns, view }: TupleBatch, index: number): void {
    const { values, levels } = this;
    let { count } = this;
    for (let r = 0, k = index; r < rows; r++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + r);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      if (length !== 2) throw wrongLength(length, 2);
      values[count++] = view.getInt16(at);
    }
    this.count = count;
    this.rows += rows;
  }
}

export class Int32Column extends Int32Values {
  add({ starts, rows, columns, view }: TupleBatch, index: number): void {
    const { values, levels } = this;
    let { count } = this;
    for (let r = 0, k = index; r < rows; r++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + r);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      if (length !== 4) throw wrongLength(length, 4);
      values[count++] = view.getInt32(at);
    }
    this.count = count;
    this.rows += rows;
  }
}

/** Days from 1970-01-01, Parquet's first day, to 2000-01-01, PostgreSQL's. */
const DAYS = 10_957;
/** PostgreSQL's infinity and -infinity. */
const INFINITE = 0x7fffffff;
const MINUS_INFINITE = -0x80000000;

export class DateColumn extends Int32Values {
  add({ starts, rows, columns, view }: TupleBatch, index: number): void {
    const { values, levels } = this;
    let { count } = this;
    for (let r = 0, k = index; r < rows; r++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + r);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      if (length !== 4) throw wrongLength(length, 4);
      const days = view.getInt32(at);
      if (days === MINUS_INFINITE || days > INFINITE - DAYS) this.lose(this.rows + r);
      else values[count++] = days + DAYS;
    }
    this.count = count;
    this.rows += rows;
  }
}
