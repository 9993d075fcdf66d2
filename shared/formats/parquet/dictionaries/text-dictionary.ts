import { copyBytes, equalBytes, hashBytes, headOf } from '../byte-ranges.js';
import type { Levels } from '../levels.js';
import { LENGTH_BYTES, type TupleBatch } from '../tuples.js';
import { Dictionary, ENTRY, TAG, type LookedUp } from './dictionary.js';

/** Texts of any length, each behind its length. */
export class TextDictionary extends Dictionary {
  /** Positions in `plain`, of each entry and of the end. */
  #begins = new Int32Array(this.heads.length + 1);

  begin(entry: number): number {
    return (this.#begins[entry] ?? 0) + LENGTH_BYTES;
  }

  lengthOf(entry: number): number {
    return (this.#begins[entry + 1] ?? 0) - this.begin(entry);
  }

  protected hashOf(entry: number): number {
    return hashBytes(this.plain.view, this.begin(entry), this.lengthOf(entry));
  }

  lookUp(
    { starts, rows, columns, bytes, view }: TupleBatch,
    column: number,
    levels: Levels,
    firstRow: number,
    indices: Int32Array,
    count: number,
  ): LookedUp {
    let { slots } = this;
    let begins = this.#begins;
    let known = this.plain.view;
    let next = count;
    let total = 0;
    let row = 0;
    for (let k = column; row < rows; row++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(firstRow + row);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      const hash = hashBytes(view, at, length);
      const tag = hash & TAG;
      const mask = slots.length - 1;
      let slot = hash & mask;
      let entry = -1;
      for (let found = slots[slot] ?? 0; found !== 0; found = slots[slot] ?? 0) {
        if ((found & TAG) === tag) {
          entry = (found & ENTRY) - 1;
          const begin = (begins[entry] ?? 0) + LENGTH_BYTES;
          if ((begins[entry + 1] ?? 0) - begin === length && equalBytes(view, at, known, begin, length)) break;
          entry = -1;
        }
        slot = (slot + 1) & mask;
      }
      if (entry < 0) {
        entry = this.#add(bytes, view, at, length, hash);
        if (entry < 0) break;
        ({ slots } = this);
        begins = this.#begins;
        known = this.plain.view;
      }
      indices[next++] = entry;
      total += length;
    }
    const values = next - count;
    return { values, plainBytes: total + values * LENGTH_BYTES, row };
  }

  /** @returns the new entry; -1 if the dictionary is full */
  #add(bytes: Buffer, view: DataView, at: number, length: number, hash: number): number {
    if (!this.reserve(LENGTH_BYTES + length)) return -1;
    const { plain } = this;
    plain.view.setInt32(plain.length, length, true);
    plain.length += LENGTH_BYTES;
    copyBytes(bytes, view, at, plain.bytes, plain.view, plain.length, length);
    plain.length += length;
    const entry = this.entries++;
    this.#begins[entry + 1] = plain.length;
    this.heads[entry] = headOf(view, at, length);
    this.put(hash, entry);
    return entry;
  }

  protected override grow(): void {
    super.grow();
    const begins = this.#begins;
    this.#begins = new Int32Array(this.heads.length + 1);
    this.#begins.set(begins);
  }
}
