import { bitsOf } from '../bit-packing.js';
import { textBounds, type Bounds } from '../bounds.js';
import type { Dictionary } from '../dictionaries/dictionary.js';
import { dictionaryPays } from '../dictionaries/dictionary-pays.js';
import { Extremes } from '../dictionaries/extremes.js';
import type { GrowingBuffer } from '../growing-buffer.js';
import { appendHybrid } from '../hybrid.js';
import type { TupleBatch } from '../tuples.js';
import { Column, type ColumnLimits, type DictionaryPage, type ValueEncoding } from './column.js';

/**
 * Values that are written as indices into a dictionary while that is shorter. Once the dictionary has been abandoned,
 * earlier pages keep their indices.
 */
export abstract class DictionaryColumn extends Column {
  readonly order = 'bytes';
  protected readonly dictionary: Dictionary;
  /** Values of the page. */
  protected count = 0;
  readonly #indices: Int32Array;
  readonly #boundBytes: number;
  readonly #extremes = new Extremes();
  /** Bytes of the page's values in the encoding PLAIN, while it uses the dictionary. */
  #plainBytes = 0;
  #usesDictionary = true;
  /** Whether a page of the row group has been written with the dictionary. */
  #hasIndices = false;
  #groupRows = 0;

  constructor(limits: ColumnLimits, dictionary: Dictionary) {
    super(limits);
    this.dictionary = dictionary;
    this.#boundBytes = limits.boundBytes;
    this.#indices = new Int32Array(limits.pageRows);
  }

  /** Adds the values of a batch from a row on, without the dictionary. */
  protected abstract addValues(batch: TupleBatch, index: number, from: number): void;
  /** Adds the values that the page's indices stand for. */
  protected abstract addEntries(indices: Int32Array): void;
  protected abstract seeValues(extremes: Extremes): void;
  protected abstract writeValues(page: GrowingBuffer): ValueEncoding;
  protected abstract clearValues(): void;

  override beginGroup(rows: number): void {
    this.dictionary.clear();
    this.#usesDictionary = true;
    this.#hasIndices = false;
    this.#groupRows = rows;
  }

  override dictionaryPage(): DictionaryPage | null {
    if (!this.#hasIndices) return null;
    const { entries, plain } = this.dictionary;
    return { entries, bytes: plain.written() };
  }

  add(batch: TupleBatch, index: number): void {
    let from = 0;
    if (this.#usesDictionary) {
      const found = this.dictionary.lookUp(batch, index, this.levels, this.rows, this.#indices, this.count);
      this.count += found.values;
      this.#plainBytes += found.plainBytes;
      from = found.row;
      if (from < batch.rows) this.#leaveDictionary();
    }
    if (from < batch.rows) this.addValues(batch, index, from);
    this.rows += batch.rows;
  }

  /** For this page, and all later ones in the row group. */
  #leaveDictionary(): void {
    this.#usesDictionary = false;
    this.addEntries(this.#indices);
  }

  protected findBounds(): Bounds | null {
    if (this.count === 0) return null;
    const extremes = this.#extremes;
    if (this.#usesDictionary) extremes.ofEntries(this.dictionary, this.#indices, this.count);
    else this.seeValues(extremes);
    return textBounds(extremes.min, extremes.max, this.#boundBytes);
  }

  protected appendValues(page: GrowingBuffer): ValueEncoding {
    // A page of nulls decides nothing, and readers needn't expect a dictionary without entries.
    if (this.count === 0) return 'plain';
    if (this.#usesDictionary && !this.#pays()) this.#leaveDictionary();
    if (!this.#usesDictionary) return this.writeValues(page);
    const width = Math.max(1, bitsOf(this.dictionary.entries - 1));
    page.reserve(1);
    page.bytes[page.length++] = width;
    appendHybrid(this.#indices, this.count, width, page);
    this.#hasIndices = true;
    return 'dictionary';
  }

  #pays(): boolean {
    if (this.#hasIndices) return true;
    const { entries, plain, mostBytes } = this.dictionary;
    return dictionaryPays({
      values: this.count,
      entries,
      dictionaryBytes: plain.length,
      mostBytes,
      plainBytes: this.#plainBytes,
      share: this.rows / this.#groupRows,
    });
  }

  protected clear(): void {
    this.clearValues();
    this.count = 0;
    this.#plainBytes = 0;
  }
}
