import type { Extremes } from '../dictionaries/extremes.js';
import { UuidDictionary } from '../dictionaries/uuid-dictionary.js';
import type { GrowingBuffer } from '../growing-buffer.js';
import { LENGTH_BYTES, wrongLength, type TupleBatch } from '../tuples.js';
import { FIXED_BYTES } from '../types.js';
import type { ColumnLimits, ValueEncoding } from './column.js';
import { DictionaryColumn } from './dictionary-column.js';

/** FIXED_LEN_BYTE_ARRAY: UUIDs, with PLAIN if they have no dictionary. */
export class UuidColumn extends DictionaryColumn {
  readonly #values: Buffer;
  readonly #view: DataView;

  constructor(limits: ColumnLimits) {
    super(limits, new UuidDictionary(limits.dictionaryBytes));
    this.#values = Buffer.allocUnsafeSlow(FIXED_BYTES * limits.pageRows);
    this.#view = new DataView(this.#values.buffer);
  }

  protected addValues({ starts, rows, columns, view }: TupleBatch, index: number, from: number): void {
    const { levels } = this;
    const out = this.#view;
    let o = FIXED_BYTES * this.count;
    for (let row = from, k = index + from * columns; row < rows; row++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + row);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      if (length !== FIXED_BYTES) throw wrongLength(length, FIXED_BYTES);
      for (let i = 0; i < FIXED_BYTES; i += 4) out.setInt32(o + i, view.getInt32(at + i, true), true);
      o += FIXED_BYTES;
    }
    this.count = o / FIXED_BYTES;
  }

  protected addEntries(indices: Int32Array): void {
    const { bytes } = this.dictionary.plain;
    for (let i = 0; i < this.count; i++) {
      const begin = this.dictionary.begin(indices[i] ?? 0);
      bytes.copy(this.#values, FIXED_BYTES * i, begin, begin + FIXED_BYTES);
    }
  }

  protected seeValues(extremes: Extremes): void {
    extremes.ofUuids(this.#values, this.#view, this.count);
  }

  protected writeValues(page: GrowingBuffer): ValueEncoding {
    page.append(this.#values.subarray(0, FIXED_BYTES * this.count));
    return 'plain';
  }

  protected clearValues(): void {
    // The next values overwrite them.
  }
}
