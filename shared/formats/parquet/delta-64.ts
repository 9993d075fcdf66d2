import { appendDeltaHeader, BLOCK, DeltaBlock } from './delta-block.js';
import { MAX_VARINT, type GrowingBuffer } from './growing-buffer.js';

/** DELTA_BINARY_PACKED for 64-bit numbers, as pairs of 32-bit halves, because a double doesn't hold them all. */
const block = new DeltaBlock();

/** Numbers with this bit inverted compare as if they were unsigned. */
const SIGN = -0x80000000;

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
  if (subtract(pairs, from, size)) lessLeast32(size, out);
  else lessLeast64(size, out);
  block.appendTo(out, size);
}

/** Puts the deltas into the block. @returns whether all of them fit into 32 bits */
function subtract(pairs: Int32Array, from: number, size: number): boolean {
  const { low, high } = block;
  let lastLow = pairs[2 * from - 2] ?? 0;
  let lastHigh = pairs[2 * from - 1] ?? 0;
  let excess = 0;
  for (let i = 0, k = 2 * from; i < size; i++, k += 2) {
    const valueLow = pairs[k] ?? 0;
    const valueHigh = pairs[k + 1] ?? 0;
    const deltaLow = (valueLow - lastLow) | 0;
    const deltaHigh = (valueHigh - lastHigh - borrow(valueLow, lastLow, deltaLow)) | 0;
    lastLow = valueLow;
    lastHigh = valueHigh;
    low[i] = deltaLow;
    high[i] = deltaHigh;
    excess |= deltaHigh ^ (deltaLow >> 31);
  }
  return excess === 0;
}

/** Subtracts the least delta from all, and appends it. */
function lessLeast32(size: number, out: GrowingBuffer): void {
  const { low, high } = block;
  let least = low[0] ?? 0;
  for (let i = 1; i < size; i++) {
    const delta = low[i] ?? 0;
    if (delta < least) least = delta;
  }
  for (let i = 0; i < size; i++) low[i] = ((low[i] ?? 0) - least) | 0;
  high.fill(0);
  appendZigzag64(least, least >> 31, out);
}

/** The same for deltas of 64 bits. */
function lessLeast64(size: number, out: GrowingBuffer): void {
  const { low, high } = block;
  let leastLow = -1;
  let leastHigh = ~SIGN;
  for (let i = 0; i < size; i++) {
    const deltaLow = low[i] ?? 0;
    const deltaHigh = high[i] ?? 0;
    if (deltaHigh < leastHigh || (deltaHigh === leastHigh && (deltaLow ^ SIGN) < (leastLow ^ SIGN))) {
      leastLow = deltaLow;
      leastHigh = deltaHigh;
    }
  }
  for (let i = 0; i < size; i++) {
    const deltaLow = low[i] ?? 0;
    const rest = (deltaLow - leastLow) | 0;
    low[i] = rest;
    high[i] = ((high[i] ?? 0) - leastHigh - borrow(deltaLow, leastLow, rest)) | 0;
  }
  appendZigzag64(leastLow, leastHigh, out);
}

/**
 * The borrow of a subtraction in two halves: 1 if the lower half of the minuend is smaller than that of the subtrahend,
 * else 0. Computed from bits, because a CPU could only guess which way a branch goes.
 * @param difference of the lower halves
 */
const borrow = (low: number, less: number, difference: number): number =>
  ((~low & less) | (~(low ^ less) & difference)) >>> 31;

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
