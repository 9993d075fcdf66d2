import { exactBounds, type Bounds } from '../bounds.js';
import { appendDelta64 } from '../delta-64.js';
import type { GrowingBuffer } from '../growing-buffer.js';
import { LENGTH_BYTES, wrongLength, type TupleBatch } from '../tuples.js';
import { Column, type ColumnLimits, type ValueEncoding } from './column.js';

const BYTES = 8;
const SIGN = -0x80000000;

/** Values that are stored as INT64: with DELTA_BINARY_PACKED, or with PLAIN if that is shorter. */
export abstract class Int64Values extends Column {
  readonly order = 'int64';
  /** The lower and the upper half of each value: in memory, little-endian numbers. */
  protected readonly pairs: Int32Array;
  protected count = 0;

  constructor(limits: ColumnLimits) {
    super(limits);
    this.pairs = new Int32Array(2 * limits.pageRows);
  }

  protected appendValues(page: GrowingBuffer): ValueEncoding {
    const { pairs, count } = this;
    const start = page.length;
    if (count > 0) appendDelta64(pairs, count, page);
    if (count > 0 && page.length - start < count * BYTES) return 'delta';
    page.length = start;
    page.append(new Uint8Array(pairs.buffer, 0, count * BYTES));
    return 'plain';
  }

  protected findBounds(): Bounds | null {
    const { pairs, count } = this;
    if (count === 0) return null;
    let [min, max] = [0, 0];
    let minHigh = pairs[1] ?? 0;
    let maxHigh = minHigh;
    // Unsigned numbers compare correctly with their first bit inverted.
    let minLow = (pairs[0] ?? 0) ^ SIGN;
    let maxLow = minLow;
    for (let k = 2; k < 2 * count; k += 2) {
      const high = pairs[k + 1] ?? 0;
      const low = (pairs[k] ?? 0) ^ SIGN;
      if (high < minHigh || (high === minHigh && low < minLow)) {
        min = k;
        minHigh = high;
        minLow = low;
      }
      if (high > maxHigh || (high === maxHigh && low > maxLow)) {
        max = k;
        maxHigh = high;
        maxLow = low;
      }
    }
    const write = (k: number): Buffer => Buffer.from(new Uint8Array(pairs.buffer, 4 * k, BYTES));
    return exactBounds(write(min), write(max));
  }

  protected clear(): void {
    this.count = 0;
  }
}

export class Int64Column extends Int64Values {
  add({ starts, rows, columns, view }: TupleBatch, index: number): void {
    const { pairs, levels } = this;
    let k64 = 2 * this.count;
    for (let r = 0, k = index; r < rows; r++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + r);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      if (length !== BYTES) throw wrongLength(length, BYTES);
      pairs[k64] = view.getInt32(at + 4);
      pairs[k64 + 1] = view.getInt32(at);
      k64 += 2;
    }
    this.count = k64 / 2;
    this.rows += rows;
  }
}

/** 24:00:00 in microseconds, in halves: Parquet's times end before it. */
const DAY_LOW = Number(86_400_000_000n & 0xffffffffn);
const DAY_HIGH = Number(86_400_000_000n >> 32n);

export class TimeColumn extends Int64Values {
  add({ starts, rows, columns, view }: TupleBatch, index: number): void {
    const { pairs, levels } = this;
    let k64 = 2 * this.count;
    for (let r = 0, k = index; r < rows; r++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + r);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      if (length !== BYTES) throw wrongLength(length, BYTES);
      const high = view.getInt32(at);
      if (high === DAY_HIGH && view.getUint32(at + 4) === DAY_LOW) {
        this.lose(this.rows + r);
        continue;
      }
      pairs[k64] = view.getInt32(at + 4);
      pairs[k64 + 1] = high;
      k64 += 2;
    }
    this.count = k64 / 2;
    this.rows += rows;
  }
}

/** Microseconds from 1970-01-01, Parquet's zero, to 2000-01-01, PostgreSQL's, in halves. */
const EPOCH = 946_684_800_000_000n;
const EPOCH_LOW = Number(EPOCH & 0xffffffffn);
const EPOCH_HIGH = Number(EPOCH >> 32n);
/** The upper half from which on a sum with it may overflow; also that of PostgreSQL's infinity. */
const LATE_HIGH = 0x7fffffff - EPOCH_HIGH - 1;
/** The upper half of PostgreSQL's -infinity, and of no timestamp. */
const MINUS_INFINITE_HIGH = -0x80000000;

export class TimestampColumn extends Int64Values {
  add({ starts, rows, columns, view }: TupleBatch, index: number): void {
    const { pairs, levels } = this;
    let k64 = 2 * this.count;
    for (let r = 0, k = index; r < rows; r++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + r);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      if (length !== BYTES) throw wrongLength(length, BYTES);
      const high = view.getInt32(at);
      if (high === MINUS_INFINITE_HIGH || (high >= LATE_HIGH && isTooLate(view.getBigInt64(at)))) {
        this.lose(this.rows + r);
        continue;
      }
      const low = view.getUint32(at + 4) + EPOCH_LOW;
      pairs[k64] = low;
      pairs[k64 + 1] = high + EPOCH_HIGH + (low > 0xffffffff ? 1 : 0);
      k64 += 2;
    }
    this.count = k64 / 2;
    this.rows += rows;
  }
}

const LAST = 0x7fffffffffffffffn - EPOCH;
const isTooLate = (microseconds: bigint): boolean => microseconds > LAST;
