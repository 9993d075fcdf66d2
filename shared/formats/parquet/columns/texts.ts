import type { Extremes } from '../dictionaries/extremes.js';
import { copyBytes } from '../byte-ranges.js';
import { appendDelta32 } from '../delta-32.js';
import { TextDictionary } from '../dictionaries/text-dictionary.js';
import { GrowingBuffer } from '../growing-buffer.js';
import { LENGTH_BYTES, type TupleBatch } from '../tuples.js';
import type { ColumnLimits, ValueEncoding } from './column.js';
import { DictionaryColumn } from './dictionary-column.js';

const INITIAL_BYTES = 16 * 1024;

/**
 * BYTE_ARRAY: texts. Without a dictionary they have DELTA_LENGTH_BYTE_ARRAY: all lengths, then all texts. With a length
 * before each, a page of emails would be a tenth larger after compression. Encodings.md, "Delta-length byte array".
 */
export class TextColumn extends DictionaryColumn {
  readonly #lengths: Int32Array;
  readonly #texts = new GrowingBuffer(INITIAL_BYTES);

  constructor(limits: ColumnLimits) {
    super(limits, new TextDictionary(limits.dictionaryBytes));
    this.#lengths = new Int32Array(limits.pageRows);
  }

  protected addValues(batch: TupleBatch, index: number, from: number): void {
    const { starts, rows, columns, bytes, view } = batch;
    const { levels } = this;
    const texts = this.#texts;
    const lengths = this.#lengths;
    texts.reserve(sizeOf(batch, index, from));
    const { bytes: target, view: targetView } = texts;
    let o = texts.length;
    let { count } = this;
    for (let row = from, k = index + from * columns; row < rows; row++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + row);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      copyBytes(bytes, view, at, target, targetView, o, length);
      o += length;
      lengths[count++] = length;
    }
    texts.length = o;
    this.count = count;
  }

  protected addEntries(indices: Int32Array): void {
    const { dictionary } = this;
    const { bytes } = dictionary.plain;
    for (let i = 0; i < this.count; i++) {
      const entry = indices[i] ?? 0;
      const begin = dictionary.begin(entry);
      const length = dictionary.lengthOf(entry);
      this.#texts.append(bytes.subarray(begin, begin + length));
      this.#lengths[i] = length;
    }
  }

  protected seeValues(extremes: Extremes): void {
    extremes.ofValues(this.#texts, this.#lengths, this.count);
  }

  protected writeValues(page: GrowingBuffer): ValueEncoding {
    appendDelta32(this.#lengths, this.count, page);
    page.append(this.#texts.written());
    return 'deltaLength';
  }

  protected clearValues(): void {
    this.#texts.clear();
  }
}

/** Bytes of a batch's values from a row on. */
function sizeOf({ starts, rows, columns, view }: TupleBatch, index: number, from: number): number {
  let size = 0;
  for (let row = from, k = index + from * columns; row < rows; row++, k += columns) {
    const at = starts[k] ?? 0;
    if (at >= 0) size += view.getInt32(at - LENGTH_BYTES);
  }
  return size;
}
