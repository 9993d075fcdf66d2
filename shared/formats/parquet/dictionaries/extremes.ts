import { compareBytes, headOf } from '../byte-ranges.js';
import type { Dictionary } from './dictionary.js';
import type { GrowingBuffer } from '../growing-buffer.js';
import { FIXED_BYTES } from '../types.js';

/** With that many times fewer entries than values, marking the entries first is faster. */
const FEW = 4;

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

  /** Looks at values that follow each other. */
  ofValues({ bytes, view }: GrowingBuffer, lengths: Int32Array, count: number): void {
    this.#minAt = -1;
    let at = 0;
    for (let i = 0; i < count; i++) {
      const length = lengths[i] ?? 0;
      const head = headOf(view, at, length);
      if (head <= this.#minHead || head >= this.#maxHead || this.#minAt < 0) this.#see(view, at, length, head);
      at += length;
    }
    this.#keep(bytes);
  }

  /** Looks at UUIDs that follow each other. */
  ofUuids(bytes: Buffer, view: DataView, count: number): void {
    this.#minAt = -1;
    for (let at = 0; at < FIXED_BYTES * count; at += FIXED_BYTES) {
      const head = view.getUint32(at);
      if (head <= this.#minHead || head >= this.#maxHead || this.#minAt < 0) this.#see(view, at, FIXED_BYTES, head);
    }
    this.#keep(bytes);
  }

  /** Looks at the entries that a page uses. */
  ofEntries(dictionary: Dictionary, indices: Int32Array, count: number): void {
    if (this.#pages.length < dictionary.entries) this.#pages = new Int32Array(2 * dictionary.entries);
    this.#minAt = -1;
    const pages = this.#pages;
    const page = ++this.#page;
    const { heads, plain } = dictionary;
    if (dictionary.entries < count / FEW) {
      for (let i = 0; i < count; i++) pages[indices[i] ?? 0] = page;
      for (let entry = 0; entry < dictionary.entries; entry++) {
        if (pages[entry] !== page) continue;
        this.#see(plain.view, dictionary.begin(entry), dictionary.lengthOf(entry), heads[entry] ?? 0);
      }
    } else {
      for (let i = 0; i < count; i++) {
        const entry = indices[i] ?? 0;
        const head = heads[entry] ?? 0;
        if ((head > this.#minHead && head < this.#maxHead && i > 0) || pages[entry] === page) continue;
        pages[entry] = page;
        this.#see(plain.view, dictionary.begin(entry), dictionary.lengthOf(entry), head);
      }
    }
    this.#keep(plain.bytes);
  }

  #see(view: DataView, at: number, length: number, head: number): void {
    const isFirst = this.#minAt < 0;
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
