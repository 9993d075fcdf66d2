import { viewOf } from './growing-buffer.js';

/** The smallest and largest values of pages and chunks: `Statistics` and `ColumnOrder` in parquet.thrift. */

/** The order in which readers compare values of a type (TypeDefinedOrder). */
export type Order = 'boolean' | 'int32' | 'int64' | 'float' | 'double' | 'bytes' | 'decimal';

/** Both are values in the encoding PLAIN, without a length. */
export interface Bounds {
  /** No value is below it. */
  readonly min: Buffer;
  /** No value is above it. */
  readonly max: Buffer;
  /** Whether it is a value itself, and not a shorter text. */
  readonly isMinExact: boolean;
  readonly isMaxExact: boolean;
}

export const exactBounds = (min: Buffer, max: Buffer): Bounds => ({ min, max, isMinExact: true, isMaxExact: true });

/** Compares two bounds, as `sort` does. */
export function compareBounds(order: Order, a: Buffer, b: Buffer): number {
  switch (order) {
    case 'boolean':
    case 'bytes':
      return Buffer.compare(a, b);
    case 'int32':
      return a.readInt32LE() - b.readInt32LE();
    case 'int64':
      return compareBig(a.readBigInt64LE(), b.readBigInt64LE());
    case 'float':
      return a.readFloatLE() - b.readFloatLE();
    case 'double':
      return Math.sign(a.readDoubleLE() - b.readDoubleLE());
    case 'decimal':
      return a.readInt8() - b.readInt8() || Buffer.compare(a, b);
  }
}

const compareBig = (a: bigint, b: bigint): number => (a < b ? -1 : Number(a > b));

/** The bounds of all values within either. */
export function joinBounds(order: Order, a: Bounds, b: Bounds): Bounds {
  const low = compareBounds(order, b.min, a.min) < 0 ? b : a;
  const high = compareBounds(order, b.max, a.max) > 0 ? b : a;
  return { min: low.min, isMinExact: low.isMinExact, max: high.max, isMaxExact: high.isMaxExact };
}

/**
 * Bounds of texts, shortened if they are long: a prefix of the smallest text, and a text after the largest one.
 * @param most bytes; an incremented character may take one more
 * @returns null if there is no such text
 */
export function textBounds(min: Buffer, max: Buffer, most: number): Bounds | null {
  const cutMax = max.length <= most ? Buffer.from(max) : nextText(prefixOf(max, most));
  if (cutMax === null) return null;
  const cutMin = Buffer.from(min.length <= most ? min : prefixOf(min, most));
  return { min: cutMin, isMinExact: min.length <= most, max: cutMax, isMaxExact: max.length <= most };
}

/** At most this many bytes, without cutting a character. */
function prefixOf(text: Buffer, most: number): Buffer {
  let end = most;
  // Bytes within a character begin with 10.
  while (end > 0 && ((text[end] ?? 0) & 0xc0) === 0x80) end--;
  return text.subarray(0, end);
}

const LAST_CODE_POINT = 0x10ffff;
const FIRST_SURROGATE = 0xd800;
const AFTER_SURROGATES = 0xe000;

/** The shortest text after all texts that begin with this one; null if there is none, or it isn't valid UTF-8. */
function nextText(prefix: Buffer): Buffer | null {
  const text = prefix.toString();
  if (!Buffer.from(text).equals(prefix)) return null;
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === LAST_CODE_POINT) points.pop();
  const last = points.pop();
  if (last === undefined) return null;
  const next = last + 1 === FIRST_SURROGATE ? AFTER_SURROGATES : last + 1;
  return Buffer.from(String.fromCodePoint(...points, next));
}

/** The bounds of floats or doubles; null if one is NaN, which readers sort differently. -0 is less than 0. */
export function floatBounds(values: Float32Array | Float64Array, count: number): Bounds | null {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < count; i++) {
    const value = values[i] ?? 0;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value !== value) return null;
  }
  if (min > max) return null;
  const write = (value: number): Buffer => {
    const bytes = Buffer.alloc(values.BYTES_PER_ELEMENT);
    if (bytes.length === 4) viewOf(bytes).setFloat32(0, value, true);
    else viewOf(bytes).setFloat64(0, value, true);
    return bytes;
  };
  return exactBounds(write(min === 0 ? -0 : min), write(max === 0 ? 0 : max));
}
