import { compareBytes } from '../byte-ranges.js';
import type { Dictionary } from '../dictionary.js';
import type { GrowingBuffer } from '../growing-buffer.js';
import { FIXED_BYTES } from '../types.js';

/** The smallest and the largest value of a page, compared byte by byte. */
export class Extremes {
  /** Both are valid until the values change. */
  min: Buffer = NONE;
  max: Buffer = NONE;
  /** Where they are, and their first four bytes: most comparisons need no more. */
  #minAt = -1;
  #minLength = 0;
  #minHead = 0;
  #maxAt = -1;
  #maxLength = 0;
  #maxHead = 0;
  /** The last page that each entry of a dictionary was used in. */
  #pages = new Int32Array(0);
  #page = 0;

  /** Looks at a page of plain values. @param prefix bytes of the length before each value */
  ofPlain({ bytes, view, length: end }: GrowingBuffer, prefix: 4 | 0): void {
    this.#minAt = -1;
    for (let at = 0; at < end;) {
      const length = prefix === 0 ? FIXED_BYTES : view.getInt32(at, true);
      at += prefix;
      this.#see(view, at, length);
      at += length;
    }
    this.#keep(bytes);
  }

  /** Looks at the entries that a page uses, each once. */
  ofEntries(dictionary: Dictionary, indices: Int32Array, count: number): void {
    if (this.#pages.length < dictionary.entries) this.#pages = new Int32Array(2 * dictionary.entries);
    this.#minAt = -1;
    const pages = this.#pages;
    const page = ++this.#page;
    const { bytes, view } = dictionary.plain;
    for (let i = 0; i < count; i++) {
      const entry = indices[i] ?? 0;
      if (pages[entry] === page) continue;
      pages[entry] = page;
      this.#see(view, dictionary.begin(entry), dictionary.lengthOf(entry));
    }
    this.#keep(bytes);
  }

  #see(view: DataView, at: number, length: number): void {
    const head = headOf(view, at, length);
    const isFirst = this.#minAt < 0;
    if (!isFirst && head > this.#minHead && head < this.#maxHead) return;
    if (
      isFirst ||
      head < this.#minHead ||
      (head === this.#minHead && compareBytes(view, at, length, this.#minAt, this.#minLength) < 0)
    ) {
      this.#minAt = at;
      this.#minLength = length;
      this.#minHead = head;
    }
    if (
      isFirst ||
      head > this.#maxHead ||
      (head === this.#maxHead && compareBytes(view, at, length, this.#maxAt, this.#maxLength) > 0)
    ) {
      this.#maxAt = at;
      this.#maxLength = length;
      this.#maxHead = head;
    }
  }

  #keep(bytes: Buffer): void {
    this.min = bytes.subarray(this.#minAt, this.#minAt + this.#minLength);
    this.max = bytes.subarray(this.#maxAt, this.#maxAt + this.#maxLength);
  }
}

const NONE = Buffer.alloc(0);

/** The first four bytes as a number; shorter values as if zeros followed. */
function headOf(view: DataView, at: number, length: number): number {
  if (length >= 4) return view.getUint32(at);
  let head = 0;
  for (let i = 0; i < 4; i++) head = head * 256 + (i < length ? view.getUint8(at + i) : 0);
  return head;
}
