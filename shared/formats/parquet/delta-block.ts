import { bitsOf, packBits, PACKING_SLACK } from './bit-packing.js';
import { MAX_VARINT, type GrowingBuffer } from './growing-buffer.js';

/** DELTA_BINARY_PACKED: the part that 32 and 64 bits share. Encodings.md, "Delta Encoding". */

/** Deltas of a block, and of each of its miniblocks, which have a bit width of their own. */
export const BLOCK = 128;
export const MINIBLOCK = 32;
const MINIBLOCKS = BLOCK / MINIBLOCK;

/** The most bytes of a block: all its deltas have 64 bits. */
const MOST_BLOCK_BYTES = MAX_VARINT + MINIBLOCKS + BLOCK * 8 + PACKING_SLACK;

/** Appends the header, before the first value. @param count how many values follow */
export function appendDeltaHeader(count: number, out: GrowingBuffer): void {
  out.appendVarint(BLOCK);
  out.appendVarint(MINIBLOCKS);
  out.appendVarint(count);
}

/** Deltas of a block minus the smallest of them: unsigned 64-bit numbers. Those after the last one are zero. */
export class DeltaBlock {
  readonly low = new Int32Array(BLOCK);
  /** Upper halves. */
  readonly high = new Int32Array(BLOCK);
  readonly #widths = new Uint8Array(MINIBLOCKS);

  /** Appends the bit widths and the packed deltas. @param count deltas in the block */
  appendTo(out: GrowingBuffer, count: number): void {
    out.reserve(MOST_BLOCK_BYTES);
    const widths = this.#measure(count);
    const { view } = out;
    let at = out.length;
    for (let mini = 0; mini < MINIBLOCKS; mini++) view.setUint8(at++, widths[mini] ?? 0);
    for (let mini = 0; mini < MINIBLOCKS; mini++) {
      const width = widths[mini] ?? 0;
      if (width === 0) continue;
      const from = mini * MINIBLOCK;
      at =
        width <= 32
          ? packBits(this.low, from, MINIBLOCK, width, view, at)
          : packWide(this.low, this.high, from, width, view, at);
    }
    out.length = at;
  }

  #measure(count: number): Uint8Array {
    const { low, high } = this;
    if (count < BLOCK) {
      low.fill(0, count);
      high.fill(0, count);
    }
    for (let mini = 0; mini < MINIBLOCKS; mini++) {
      let lows = 0;
      let highs = 0;
      for (let i = mini * MINIBLOCK; i < (mini + 1) * MINIBLOCK; i++) {
        lows |= low[i] ?? 0;
        highs |= high[i] ?? 0;
      }
      this.#widths[mini] = highs === 0 ? bitsOf(lows) : 32 + bitsOf(highs);
    }
    return this.#widths;
  }
}

/** Packs a miniblock of numbers of more than 32 bits, as {@link packBits} does. */
function packWide(low: Int32Array, high: Int32Array, from: number, width: number, out: DataView, at: number): number {
  const upper = width - 32;
  let o = at;
  let held = 0;
  let bits = 0;
  for (let i = from; i < from + MINIBLOCK; i++) {
    // The lower halves leave as many bits behind as there were.
    const lower = low[i] ?? 0;
    out.setInt32(o, held | (lower << bits), true);
    o += 4;
    const value = high[i] ?? 0;
    held = bits === 0 ? 0 : lower >>> (32 - bits);
    held |= value << bits;
    bits += upper;
    if (bits < 32) continue;
    out.setInt32(o, held, true);
    o += 4;
    bits -= 32;
    held = bits === 0 ? 0 : value >>> (upper - bits);
  }
  return at + (MINIBLOCK / 8) * width;
}
