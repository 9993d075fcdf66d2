/** Bit packing, as the encodings RLE and DELTA_BINARY_PACKED use it: the lowest bit first. Encodings.md, "RLE". */

/** Bytes after the packed ones that `packBits` may overwrite. */
export const PACKING_SLACK = 8;

/** Bits of an unsigned 32-bit number. */
export const bitsOf = (value: number): number => 32 - Math.clz32(value);

/** Bytes of this many packed values, padded to a multiple of eight values. */
export const packedBytes = (count: number, width: number): number => Math.ceil(count / 8) * width;

/**
 * Packs unsigned numbers into `width` bits each, and pads them with zeros to a multiple of eight numbers.
 * @param values the numbers at `from` and after; each below 2^width
 * @param width 0 to 32
 * @param out needs {@link PACKING_SLACK} more bytes than the result has
 * @returns the position of the next byte
 */
export function packBits(
  values: Int32Array,
  from: number,
  count: number,
  width: number,
  out: DataView,
  at: number,
): number {
  const whole = from + (count & ~7);
  let o = at;
  // Eight numbers end with a whole byte.
  for (let i = from; i < whole; i += 8, o += width) packEight(values, i, i + 8, width, out, o);
  if (whole === from + count) return o;
  packEight(values, whole, from + count, width, out, o);
  return o + width;
}

/** Packs up to eight numbers into `width` bytes. */
function packEight(values: Int32Array, from: number, to: number, width: number, out: DataView, at: number): void {
  let o = at;
  let held = 0;
  let bits = 0;
  for (let i = from; i < to; i++) {
    const value = values[i] ?? 0;
    held |= value << bits;
    bits += width;
    if (bits < 32) continue;
    out.setInt32(o, held, true);
    o += 4;
    bits -= 32;
    // A shift by 32 would be one by 0.
    held = bits === 0 ? 0 : value >>> (width - bits);
  }
  for (; o < at + width; o += 4) {
    out.setInt32(o, held, true);
    held = 0;
  }
}
