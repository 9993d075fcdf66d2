/**
 * CRC-32 (ISO-HDLC, as in zlib, ZIP, gzip and S3) of data that is never in one buffer: `@node-rs/crc32` (2.6 times as
 * fast as `node:zlib` of Node.js 24) computes the CRC of each part; these functions combine them with arithmetic only,
 * so that workflow code can use them. Polynomials over GF(2) modulo the CRC's, bits reflected, as in zlib's
 * crc32_combine: https://github.com/madler/zlib/blob/v1.3.1/crc32.c
 */
const POLYNOMIAL = 0xedb88320;

/** Bit 31 is x⁰, so this is 1, and the next is x. */
const ONE = 0x80000000;
const X = 0x40000000;

/** a · b */
function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = 31; bit >= 0; bit -= 1) {
    if ((a >>> bit) & 1) product ^= shifted;
    shifted = shifted & 1 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
  }
  return product >>> 0;
}

/** `SQUARES[n]` is x to the power of 2ⁿ. The 33rd equals the first. */
const SQUARES: readonly number[] = (() => {
  let next = X;
  return Array.from({ length: 32 }, () => {
    const square = next;
    next = multiply(square, square);
    return square;
  });
})();

/** x to the power of 8 · `bytes`: the effect on a CRC of appending that many bytes. */
function shiftBy(bytes: number): number {
  let power = ONE;
  let square = 3;
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = multiply(SQUARES[square % 32] ?? ONE, power);
    square += 1;
  }
  return power;
}

/**
 * The CRC-32 of A followed by B.
 * @param lengthB length of B in bytes, up to 2⁵³
 */
export function combineCrc32(crcA: number, crcB: number, lengthB: number): number {
  return (multiply(shiftBy(lengthB), crcA) ^ crcB) >>> 0;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A CRC as in S3's `ChecksumCRC32`: base64 of the four bytes, big-endian. Avoids Buffer, which workflows lack. */
export function crc32Base64(crc: number): string {
  const sextets = [crc >>> 26, crc >>> 20, crc >>> 14, crc >>> 8, crc >>> 2, crc << 4];
  return sextets.map((sextet) => BASE64.charAt(sextet & 63)).join('') + '==';
}
