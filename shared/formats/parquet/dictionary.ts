import { copyBytes, equalBytes, hashBytes } from './byte-ranges.js';
import { GrowingBuffer } from './growing-buffer.js';

const INITIAL_ENTRIES = 256;
const INITIAL_BYTES = 4096;
/** Slots per entry: fewer make look-ups longer, more don't fit the CPU's cache. */
const SPARSE = 4;

/** The distinct values of a column in a row group, in the order of their first use. Encodings.md, "Dictionary". */
export class Dictionary {
  entries = 0;
  /** All entries in the encoding PLAIN. */
  readonly plain = new GrowingBuffer(INITIAL_BYTES);
  /** Bytes of the length before each value: 4, or 0 if all values have the same length. */
  readonly #prefix: 4 | 0;
  readonly #mostBytes: number;
  /** Positions in `plain`, of each entry and of the end. */
  #begins = new Int32Array(INITIAL_ENTRIES + 1);
  #hashes = new Int32Array(INITIAL_ENTRIES);
  /** A hash table of entries, by number plus 1; 0 is free. */
  #slots = new Int32Array(INITIAL_ENTRIES * SPARSE);

  constructor(prefix: 4 | 0, mostBytes: number) {
    this.#prefix = prefix;
    this.#mostBytes = mostBytes;
  }

  /** Forgets all entries. */
  clear(): void {
    if (this.entries > 0) this.#slots.fill(0);
    this.entries = 0;
    this.plain.clear();
  }

  /** Where an entry's value begins in `plain`. */
  begin(entry: number): number {
    return (this.#begins[entry] ?? 0) + this.#prefix;
  }

  /** Bytes of an entry's value. */
  lengthOf(entry: number): number {
    return (this.#begins[entry + 1] ?? 0) - this.begin(entry);
  }

  /** The entry with this value, which is added if it is new; -1 if the dictionary is full. */
  entryOf(bytes: Buffer, view: DataView, at: number, length: number): number {
    const hash = hashBytes(view, at, length);
    const slots = this.#slots;
    const hashes = this.#hashes;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = (slots[slot] ?? 0) - 1;
      if (entry < 0) return this.#add(bytes, view, at, length, hash);
      if (hashes[entry] !== hash || this.lengthOf(entry) !== length) continue;
      if (equalBytes(view, at, this.plain.view, this.begin(entry), length)) return entry;
    }
  }

  #add(bytes: Buffer, view: DataView, at: number, length: number, hash: number): number {
    const { plain } = this;
    const size = this.#prefix + length;
    if (plain.length + size > this.#mostBytes) return -1;
    if (this.entries === this.#hashes.length) this.#grow();
    plain.reserve(size);
    if (this.#prefix > 0) plain.view.setInt32(plain.length, length, true);
    copyBytes(bytes, view, at, plain.bytes, plain.view, plain.length + this.#prefix, length);
    const entry = this.entries++;
    plain.length += size;
    this.#hashes[entry] = hash;
    this.#begins[entry + 1] = plain.length;
    this.#put(hash, entry);
    return entry;
  }

  #put(hash: number, entry: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = entry + 1;
  }

  #grow(): void {
    const most = this.entries * 2;
    const hashes = this.#hashes;
    const begins = this.#begins;
    this.#hashes = new Int32Array(most);
    this.#hashes.set(hashes);
    this.#begins = new Int32Array(most + 1);
    this.#begins.set(begins);
    this.#slots = new Int32Array(most * SPARSE);
    for (let entry = 0; entry < this.entries; entry++) this.#put(hashes[entry] ?? 0, entry);
  }
}
