import { packBits, packedBytes, PACKING_SLACK } from '../bit-packing.js';
import { exactBounds, type Bounds } from '../bounds.js';
import type { GrowingBuffer } from '../growing-buffer.js';
import { LENGTH_BYTES, wrongLength, type TupleBatch } from '../tuples.js';
import { Column, type ColumnLimits, type ValueEncoding } from './column.js';

/** BOOLEAN: one bit per value. */
export class BooleanColumn extends Column {
  readonly order = 'boolean';
  readonly #values: Int32Array;
  #count = 0;

  constructor(limits: ColumnLimits) {
    super(limits);
    this.#values = new Int32Array(limits.pageRows);
  }

  add({ starts, rows, columns, view }: TupleBatch, index: number): void {
    const values = this.#values;
    const { levels } = this;
    let count = this.#count;
    for (let r = 0, k = index; r < rows; r++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + r);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      if (length !== 1) throw wrongLength(length, 1);
      values[count++] = view.getUint8(at);
    }
    this.#count = count;
    this.rows += rows;
  }

  protected appendValues(page: GrowingBuffer): ValueEncoding {
    page.reserve(packedBytes(this.#count, 1) + PACKING_SLACK);
    page.length = packBits(this.#values, 0, this.#count, 1, page.view, page.length);
    return 'plain';
  }

  protected findBounds(): Bounds | null {
    const values = this.#values.subarray(0, this.#count);
    if (values.length === 0) return null;
    return exactBounds(Buffer.of(values.includes(0) ? 0 : 1), Buffer.of(values.includes(1) ? 1 : 0));
  }

  protected clear(): void {
    this.#count = 0;
  }
}
