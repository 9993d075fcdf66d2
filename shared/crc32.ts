/**
 * CRC-32 of joined bytes, from the CRCs of its pieces (zlib's crc32_combine): parts are summed where they are
 * written, and the whole object's sum is known without reading it again.
 */

const POLYNOMIAL = 0xedb88320;
const BITS = 32;
type Matrix = readonly number[];

/** A 32 × 32 matrix over GF(2), a column a number, times a vector of bits. */
function times(matrix: Matrix, vector: number): number {
  let sum = 0;
  for (let bit = 0; bit < BITS; bit++) if ((vector >>> bit) & 1) sum ^= matrix[bit] ?? 0;
  return sum;
}

const square = (matrix: Matrix): Matrix => matrix.map((column) => times(matrix, column));

/** What one zero bit does to a CRC. */
const ONE_BIT: Matrix = Array.from({ length: BITS }, (_, bit) => (bit === 0 ? POLYNOMIAL : (1 << (bit - 1)) >>> 0));
/** `POWERS[n]`: what 2^n zero bytes do to it. */
const POWERS: readonly Matrix[] = (() => {
  const powers: Matrix[] = [square(square(square(ONE_BIT)))];
  for (let power = 1; power < 53; power++) powers.push(square(powers[power - 1] ?? []));
  return powers;
})();

/**
 * The CRC-32 of `a` followed by `b`.
 * @param lengthB bytes of `b`, up to 2^53
 */
export function combineCrc32(crcA: number, crcB: number, lengthB: number): number {
  let crc = crcA;
  for (let power = 0, rest = lengthB; rest > 0; power++, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) crc = times(POWERS[power] ?? [], crc);
  }
  return (crc ^ crcB) >>> 0;
}

/** As S3 writes it: base64 of four bytes, the highest first. */
export function crc32Base64(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}
