import { appendDeltaHeader, BLOCK, DeltaBlock } from './delta-block.js';
import type { GrowingBuffer } from './growing-buffer.js';

/** DELTA_BINARY_PACKED for 32-bit numbers, whose deltas may overflow: the reader's sum overflows back. */
const block = new DeltaBlock();

const zigzag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0;

/** @param count at least 1 */
export function appendDelta32(values: Int32Array, count: number, out: GrowingBuffer): void {
  appendDeltaHeader(count, out);
  let last = values[0] ?? 0;
  out.appendVarint(zigzag(last));
  const { low } = block;
  for (let from = 1; from < count; from += BLOCK) {
    const size = Math.min(BLOCK, count - from);
    let least = 0x7fffffff;
    for (let i = 0; i < size; i++) {
      const value = values[from + i] ?? 0;
      const delta = (value - last) | 0;
      last = value;
      low[i] = delta;
      if (delta < least) least = delta;
    }
    for (let i = 0; i < size; i++) low[i] = ((low[i] ?? 0) - least) | 0;
    out.appendVarint(zigzag(least));
    block.appendTo(out, size);
  }
}
