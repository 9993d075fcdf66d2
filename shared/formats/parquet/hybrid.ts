import { packBits, packedBytes, PACKING_SLACK } from './bit-packing.js';
import { MAX_VARINT, type GrowingBuffer } from './growing-buffer.js';

/** The RLE / bit-packing hybrid encoding, for levels and for indices into a dictionary. Encodings.md, "RLE". */

/** A run is worth its own header if its values would otherwise take this many bits. */
const RUN_BITS = 64;
const LEAST_RUN = 8;

/**
 * Appends numbers, each run of equal ones as its length and value.
 * @param values unsigned, each below 2^width
 * @param width 1 to 31
 */
export function appendHybrid(values: Int32Array, count: number, width: number, out: GrowingBuffer): void {
  const least = Math.max(LEAST_RUN, Math.ceil(RUN_BITS / width));
  if (longestRun(values, count) < least) appendPacked(values, 0, count, width, out);
  else appendRuns(values, count, width, least, out);
}

/** The length of the longest run, found without branches on values, which the CPU could only guess. */
function longestRun(values: Int32Array, count: number): number {
  let longest = 0;
  let length = 0;
  let before = -1;
  for (let i = 0; i < count; i++) {
    const value = values[i] ?? 0;
    // All bits if both are the same, else none.
    const isSame = ((value ^ before) - 1) >> 31;
    length = (length & isSame) + 1;
    if (length > longest) longest = length;
    before = value;
  }
  return longest;
}

/** @param least the length from which on a run is written as one */
function appendRuns(values: Int32Array, count: number, width: number, least: number, out: GrowingBuffer): void {
  let packedFrom = 0;
  let i = 0;
  while (i < count) {
    const value = values[i] ?? 0;
    let end = i + 1;
    while (end < count && values[end] === value) end++;
    if (end - i >= least) {
      // Only the last packed numbers may be filled up, so others take what they need from the run.
      const start = i + ((8 - ((i - packedFrom) & 7)) & 7);
      if (end - start >= LEAST_RUN) {
        appendPacked(values, packedFrom, start - packedFrom, width, out);
        appendRun(value, end - start, width, out);
        packedFrom = end;
      }
    }
    i = end;
  }
  appendPacked(values, packedFrom, count - packedFrom, width, out);
}

/** Appends one run. */
export function appendRun(value: number, count: number, width: number, out: GrowingBuffer): void {
  out.appendVarint(count * 2);
  const size = Math.ceil(width / 8);
  out.reserve(size);
  for (let i = 0; i < size; i++) out.bytes[out.length++] = value >>> (8 * i);
}

function appendPacked(values: Int32Array, from: number, count: number, width: number, out: GrowingBuffer): void {
  if (count === 0) return;
  out.reserve(MAX_VARINT + packedBytes(count, width) + PACKING_SLACK);
  out.appendVarint(Math.ceil(count / 8) * 2 + 1);
  out.reserve(packedBytes(count, width) + PACKING_SLACK);
  out.length = packBits(values, from, count, width, out.view, out.length);
}
