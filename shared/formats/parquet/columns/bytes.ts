import { bitsOf } from '../bit-packing.js';
import { textBounds, type Bounds } from '../bounds.js';
import { copyBytes } from '../byte-ranges.js';
import { Dictionary } from '../dictionary.js';
import { GrowingBuffer } from '../growing-buffer.js';
import { appendHybrid } from '../hybrid.js';
import { LENGTH_BYTES, wrongLength, type TupleBatch } from '../tuples.js';
import { FIXED_BYTES } from '../types.js';
import { dictionaryPays } from './dictionary-pays.js';
import { Extremes } from './extremes.js';
import { Column, type ColumnLimits, type DictionaryPage, type ValueEncoding } from './column.js';

const INITIAL_BYTES = 16 * 1024;

/**
 * Texts and UUIDs: indices into a dictionary as long as that is shorter, then the values themselves. Pages written
 * before the change keep their indices.
 */
export class BytesColumn extends Column {
  readonly order = 'bytes';
  readonly #prefix: 4 | 0;
  readonly #boundBytes: number;
  readonly #dictionary: Dictionary;
  readonly #indices: Int32Array;
  /** The page's values in the encoding PLAIN, if the page doesn't use the dictionary. */
  readonly #plain = new GrowingBuffer(INITIAL_BYTES);
  readonly #extremes = new Extremes();
  #count = 0;
  /** Bytes of the page's values in the encoding PLAIN, also if it uses the dictionary. */
  #plainBytes = 0;
  #usesDictionary = true;
  /** Whether a page of the row group has been written with the dictionary. */
  #hasIndices = false;
  #groupRows = 0;

  /** @param isUuid whether all values are UUIDs */
  constructor(limits: ColumnLimits, isUuid: boolean) {
    super(limits);
    this.#prefix = isUuid ? 0 : 4;
    this.#boundBytes = limits.boundBytes;
    this.#dictionary = new Dictionary(this.#prefix, limits.dictionaryBytes);
    this.#indices = new Int32Array(limits.pageRows);
  }

  override beginGroup(rows: number): void {
    this.#dictionary.clear();
    this.#usesDictionary = true;
    this.#hasIndices = false;
    this.#groupRows = rows;
  }

  override dictionary(): DictionaryPage | null {
    if (!this.#hasIndices) return null;
    const { entries, plain } = this.#dictionary;
    return { entries, bytes: plain.written() };
  }

  add(tuples: TupleBatch, index: number): void {
    const from = this.#usesDictionary ? this.#addIndices(tuples, index) : 0;
    if (from < tuples.rows) this.#addPlain(tuples, index, from);
    this.rows += tuples.rows;
  }

  /** @returns the row from which on the values are plain */
  #addIndices({ starts, rows, columns, bytes, view }: TupleBatch, index: number): number {
    const { levels } = this;
    const indices = this.#indices;
    const dictionary = this.#dictionary;
    const prefix = this.#prefix;
    let count = this.#count;
    let plainBytes = this.#plainBytes;
    let row = 0;
    for (let k = index; row < rows; row++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + row);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      if (prefix === 0 && length !== FIXED_BYTES) throw wrongLength(length, FIXED_BYTES);
      const entry = dictionary.entryOf(bytes, view, at, length);
      if (entry < 0) break;
      indices[count++] = entry;
      plainBytes += prefix + length;
    }
    this.#count = count;
    this.#plainBytes = plainBytes;
    if (row < rows) this.#leaveDictionary();
    return row;
  }

  #addPlain({ starts, rows, columns, bytes, view }: TupleBatch, index: number, from: number): void {
    const { levels } = this;
    const plain = this.#plain;
    const prefix = this.#prefix;
    let count = this.#count;
    for (let row = from, k = index + from * columns; row < rows; row++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(this.rows + row);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      plain.reserve(prefix + length);
      if (prefix === 0) {
        if (length !== FIXED_BYTES) throw wrongLength(length, FIXED_BYTES);
      } else {
        plain.view.setInt32(plain.length, length, true);
        plain.length += prefix;
      }
      copyBytes(bytes, view, at, plain.bytes, plain.view, plain.length, length);
      plain.length += length;
      count++;
    }
    this.#count = count;
  }

  /** Makes the page's values plain, and all that follow in the row group. */
  #leaveDictionary(): void {
    this.#usesDictionary = false;
    const dictionary = this.#dictionary;
    const { bytes } = dictionary.plain;
    const prefix = this.#prefix;
    for (let i = 0; i < this.#count; i++) {
      const entry = this.#indices[i] ?? 0;
      const begin = dictionary.begin(entry);
      this.#plain.append(bytes.subarray(begin - prefix, begin + dictionary.lengthOf(entry)));
    }
  }

  protected findBounds(): Bounds | null {
    if (this.#count === 0) return null;
    const extremes = this.#extremes;
    if (this.#usesDictionary) extremes.ofEntries(this.#dictionary, this.#indices, this.#count);
    else extremes.ofPlain(this.#plain, this.#prefix);
    const { min, max } = extremes;
    return textBounds(min, max, this.#boundBytes);
  }

  protected appendValues(page: GrowingBuffer): ValueEncoding {
    // A page of nulls decides nothing, and a dictionary without entries would irritate readers.
    if (this.#count === 0) return 'plain';
    if (this.#usesDictionary && !this.#pays()) this.#leaveDictionary();
    if (!this.#usesDictionary) {
      page.append(this.#plain.written());
      return 'plain';
    }
    const width = Math.max(1, bitsOf(this.#dictionary.entries - 1));
    page.reserve(1);
    page.bytes[page.length++] = width;
    appendHybrid(this.#indices, this.#count, width, page);
    this.#hasIndices = true;
    return 'dictionary';
  }

  #pays(): boolean {
    const { entries, plain } = this.#dictionary;
    if (this.#hasIndices) return true;
    return dictionaryPays({
      values: this.#count,
      entries,
      dictionaryBytes: plain.length,
      plainBytes: this.#plainBytes,
      share: this.rows / this.#groupRows,
    });
  }

  protected clear(): void {
    this.#plain.clear();
    this.#count = 0;
    this.#plainBytes = 0;
  }
}
