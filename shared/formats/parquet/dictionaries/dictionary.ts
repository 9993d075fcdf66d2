import { GrowingBuffer } from '../growing-buffer.js';
import type { Levels } from '../levels.js';
import type { TupleBatch } from '../tuples.js';

const INITIAL_ENTRIES = 256;
const INITIAL_BYTES = 4096;
/** Slots per entry: fewer make look-ups longer, more don't fit the CPU's cache. */
const SPARSE = 2;
/** The bits of a slot with the number of an entry plus 1, and those with a part of its hash. */
export const ENTRY = 2 ** 20 - 1;
export const TAG = ~ENTRY;

/** Values of a batch that have been looked up. */
export interface LookedUp {
  /** How many weren't null. */
  readonly values: number;
  /** Bytes of these in the encoding PLAIN. */
  readonly plainBytes: number;
  /** The row whose value didn't fit into the dictionary, or the number of rows if all did. */
  readonly row: number;
}

/** The distinct values of a column in a row group, in the order of their first use. Encodings.md, "Dictionary". */
export abstract class Dictionary {
  entries = 0;
  /** All entries in the encoding PLAIN. */
  readonly plain = new GrowingBuffer(INITIAL_BYTES);
  /** The first four bytes of each entry: see `headOf`. */
  heads = new Uint32Array(INITIAL_ENTRIES);
  /** A hash table: 0 is free. */
  protected slots = new Int32Array(SPARSE * INITIAL_ENTRIES);
  /** The most bytes of all entries. */
  readonly mostBytes: number;

  constructor(mostBytes: number) {
    this.mostBytes = mostBytes;
  }

  /** Where an entry's value begins in `plain`. */
  abstract begin(entry: number): number;
  /** Bytes of an entry's value. */
  abstract lengthOf(entry: number): number;
  protected abstract hashOf(entry: number): number;

  /**
   * Looks up the values of a batch, and adds those that are new.
   * @param column index of the column
   * @param levels gets the nulls, as rows from `firstRow` on
   * @param indices gets the entry of each value, from `count` on
   * @throws RangeError if a value's length isn't that of its type
   */
  abstract lookUp(
    batch: TupleBatch,
    column: number,
    levels: Levels,
    firstRow: number,
    indices: Int32Array,
    count: number,
  ): LookedUp;

  /** Forgets all entries. */
  clear(): void {
    if (this.entries > 0) this.slots.fill(0);
    this.entries = 0;
    this.plain.clear();
  }

  /** Makes room for an entry of this many bytes. @returns false if the dictionary is full */
  protected reserve(bytes: number): boolean {
    const { plain } = this;
    if (plain.length + bytes > this.mostBytes || this.entries === ENTRY) return false;
    if (this.entries === this.heads.length) this.grow();
    plain.reserve(bytes);
    return true;
  }

  /** Doubles the number of entries that there is room for. */
  protected grow(): void {
    const { heads } = this;
    this.heads = new Uint32Array(2 * this.entries);
    this.heads.set(heads);
    this.slots = new Int32Array(2 * SPARSE * this.entries);
    for (let entry = 0; entry < this.entries; entry++) this.put(this.hashOf(entry), entry);
  }

  protected put(hash: number, entry: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = (hash & TAG) | (entry + 1);
  }
}
