import { appendDeltaHeader, BLOCK, DeltaBlock } from './delta-block.js';
import { MAX_VARINT, type GrowingBuffer } from './growing-buffer.js';

/** DELTA_BINARY_PACKED for 64-bit numbers, as pairs of 32-bit halves, because a double doesn't hold them all. */
const block = new DeltaBlock();

/** @param pairs the lower and the upper half of each value @param count values, at least 1 */
export function appendDelta64(pairs: Int32Array, count: number, out: GrowingBuffer): void {
  appendDeltaHeader(count, out);
  appendZigzag64(pairs[0] ?? 0, pairs[1] ?? 0, out);
  for (let from = 1; from < count; from += BLOCK) {
    const size = Math.min(BLOCK, count - from);
    appendBlock(pairs, from, size, out);
  }
}

function appendBlock(pairs: Int32Array, from: number, size: number, out: GrowingBuffer): void {
  const { low, high } = block;
  let lastLow = pairs[2 * from - 2] ?? 0;
  let lastHigh = pairs[2 * from - 1] ?? 0;
  let leastLow = -1;
  let leastHigh = 0x7fffffff;
  for (let i = 0, k = 2 * from; i < size; i++, k += 2) {
    const valueLow = pairs[k] ?? 0;
    const valueHigh = pairs[k + 1] ?? 0;
    const deltaLow = (valueLow - lastLow) | 0;
    const deltaHigh = (valueHigh - lastHigh - borrow(valueLow, lastLow)) | 0;
    lastLow = valueLow;
    lastHigh = valueHigh;
    low[i] = deltaLow;
    high[i] = deltaHigh;
    if (deltaHigh < leastHigh || (deltaHigh === leastHigh && deltaLow >>> 0 < leastLow >>> 0)) {
      leastLow = deltaLow;
      leastHigh = deltaHigh;
    }
  }
  for (let i = 0; i < size; i++) {
    const deltaLow = low[i] ?? 0;
    low[i] = (deltaLow - leastLow) | 0;
    high[i] = ((high[i] ?? 0) - leastHigh - borrow(deltaLow, leastLow)) | 0;
  }
  appendZigzag64(leastLow, leastHigh, out);
  block.appendTo(out, size);
}

/** What the upper halves of a difference lack if the lower ones don't suffice. */
const borrow = (low: number, less: number): number => (low >>> 0 < less >>> 0 ? 1 : 0);

function appendZigzag64(low: number, high: number, out: GrowingBuffer): void {
  const sign = high >> 31;
  let restLow = (low << 1) ^ sign;
  let restHigh = ((high << 1) | (low >>> 31)) ^ sign;
  out.reserve(MAX_VARINT);
  while (restHigh !== 0 || restLow >>> 0 > 0x7f) {
    out.bytes[out.length++] = (restLow & 0x7f) | 0x80;
    restLow = (restLow >>> 7) | (restHigh << 25);
    restHigh >>>= 7;
  }
  out.bytes[out.length++] = restLow;
}
