import type { Levels } from '../levels.js';
import { LENGTH_BYTES, wrongLength, type TupleBatch } from '../tuples.js';
import { FIXED_BYTES } from '../types.js';
import { Dictionary, ENTRY, TAG, type LookedUp } from './dictionary.js';

/** An odd number with about as many ones as zeros in its bits. */
const MULTIPLIER = 0x9e3779b1;

/** A hash of the four words of a UUID. */
function hashWords(a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a ^ (a >>> 15), MULTIPLIER) ^ b;
  hash = Math.imul(hash ^ (hash >>> 15), MULTIPLIER) ^ c;
  hash = Math.imul(hash ^ (hash >>> 15), MULTIPLIER) ^ d;
  hash = Math.imul(hash ^ (hash >>> 15), MULTIPLIER);
  return hash ^ (hash >>> 15);
}

/** UUIDs. There are often so many that cache misses count, so an entry's position is computed from its number. */
export class UuidDictionary extends Dictionary {
  begin(entry: number): number {
    return entry * FIXED_BYTES;
  }

  lengthOf(): number {
    return FIXED_BYTES;
  }

  protected hashOf(entry: number): number {
    const { view } = this.plain;
    const at = this.begin(entry);
    const [a, b] = [view.getInt32(at, true), view.getInt32(at + 4, true)];
    return hashWords(a, b, view.getInt32(at + 8, true), view.getInt32(at + 12, true));
  }

  lookUp(
    { starts, rows, columns, view }: TupleBatch,
    column: number,
    levels: Levels,
    firstRow: number,
    indices: Int32Array,
    count: number,
  ): LookedUp {
    let { slots } = this;
    let known = this.plain.view;
    let next = count;
    let row = 0;
    for (let k = column; row < rows; row++, k += columns) {
      const at = starts[k] ?? 0;
      if (at < 0) {
        levels.setNull(firstRow + row);
        continue;
      }
      const length = view.getInt32(at - LENGTH_BYTES);
      if (length !== FIXED_BYTES) throw wrongLength(length, FIXED_BYTES);
      const a = view.getInt32(at, true);
      const b = view.getInt32(at + 4, true);
      const c = view.getInt32(at + 8, true);
      const d = view.getInt32(at + 12, true);
      const hash = hashWords(a, b, c, d);
      const tag = hash & TAG;
      const mask = slots.length - 1;
      let slot = hash & mask;
      let entry = -1;
      for (let found = slots[slot] ?? 0; found !== 0; found = slots[slot] ?? 0) {
        if ((found & TAG) === tag) {
          entry = (found & ENTRY) - 1;
          const begin = entry * FIXED_BYTES;
          if (
            known.getInt32(begin, true) === a &&
            known.getInt32(begin + 4, true) === b &&
            known.getInt32(begin + 8, true) === c &&
            known.getInt32(begin + 12, true) === d
          ) {
            break;
          }
          entry = -1;
        }
        slot = (slot + 1) & mask;
      }
      if (entry < 0) {
        entry = this.#add(view, at, hash);
        if (entry < 0) break;
        ({ slots } = this);
        known = this.plain.view;
      }
      indices[next++] = entry;
    }
    const values = next - count;
    return { values, plainBytes: values * FIXED_BYTES, row };
  }

  /** @returns the new entry; -1 if the dictionary is full */
  #add(view: DataView, at: number, hash: number): number {
    if (!this.reserve(FIXED_BYTES)) return -1;
    const { plain } = this;
    for (let i = 0; i < FIXED_BYTES; i += 4) plain.view.setInt32(plain.length + i, view.getInt32(at + i));
    plain.length += FIXED_BYTES;
    const entry = this.entries++;
    this.heads[entry] = view.getUint32(at);
    this.put(hash, entry);
    return entry;
  }
}
