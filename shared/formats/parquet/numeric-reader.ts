/**
 * PostgreSQL's binary numeric, as the unscaled number of a decimal with a declared scale: 12.5 with two decimals is
 * 1250. A numeric is the number of its digits, the weight of the first one, a sign and a display scale (2 bytes each),
 * then the digits in base 10,000 (2 bytes each).
 * https://doxygen.postgresql.org/backend_2utils_2adt_2numeric_8c.html (numeric_send)
 */

const HEADER_BYTES = 8;
const BASE = 10_000;
/** Decimal digits per digit in base 10,000. */
const BASE_DIGITS = 4;
const NEGATIVE = 0x4000;
/** Signs from here on are NaN and the infinities. */
const SPECIAL = 0xc000;
/** Doubles hold all integers of this many digits. */
const DIGITS_OF_DOUBLE = 15;
/** Enough for exact quotients of all digits, and few enough for products of 32 bits. */
const LEAST_INVERSE_BITS = 18;
const TWO_32 = 2 ** 32;

export class NumericReader {
  /** The last number that `readWide` read: 128 bits in two's complement, the lowest 32 bits first. */
  readonly words = new Int32Array(4);
  readonly #magnitude = new Uint32Array(4);
  /** 10^precision, the least number that doesn't fit. */
  readonly #limit: number;
  readonly #wideLimit: Uint32Array;
  /** Digits in base 10,000 that hold the decimals. */
  readonly #decimals: number;
  /** The divisor of the last of them, which may hold more decimals than declared. */
  readonly #divisor: number;
  readonly #factor: number;
  /** 1 / divisor with this many binary places, because the CPU multiplies much faster than it divides. */
  readonly #inverse: number;
  readonly #inverseBits: number;
  /** The number of digits, less one, up to which a double holds the result. */
  readonly #lastExact: number;

  constructor({ precision, scale }: { readonly precision: number; readonly scale: number }) {
    this.#limit = 10 ** precision;
    this.#wideLimit = wordsOf(10n ** BigInt(precision));
    this.#decimals = Math.ceil(scale / BASE_DIGITS);
    const excess = this.#decimals * BASE_DIGITS - scale;
    this.#divisor = 10 ** excess;
    this.#factor = BASE / this.#divisor;
    this.#inverseBits = LEAST_INVERSE_BITS + Math.floor(Math.log2(this.#divisor));
    this.#inverse = Math.ceil(2 ** this.#inverseBits / this.#divisor);
    this.#lastExact = Math.floor((DIGITS_OF_DOUBLE + excess) / BASE_DIGITS) - 1;
  }

  /**
   * The number at this position; NaN if it has no exact value with this precision and scale, and undefined if only
   * `readWide` can read it.
   */
  read(view: DataView, at: number): number | undefined {
    const digits = view.getInt16(at);
    const last = view.getInt16(at + 2) + this.#decimals;
    const sign = view.getUint16(at + 4);
    if (sign >= SPECIAL) return NaN;
    if (last > this.#lastExact) return undefined;
    if (hasMore(view, at, last + 1, digits)) return NaN;
    let value = 0;
    for (let i = 0; i < last; i++) value = value * BASE + (i < digits ? view.getInt16(at + HEADER_BYTES + 2 * i) : 0);
    if (last >= 0) {
      const digit = last < digits ? view.getInt16(at + HEADER_BYTES + 2 * last) : 0;
      const quotient = Math.imul(digit, this.#inverse) >>> this.#inverseBits;
      value = value * this.#factor + quotient;
      if (quotient * this.#divisor !== digit) return NaN;
    }
    if (value >= this.#limit) return NaN;
    return sign === NEGATIVE && value !== 0 ? -value : value;
  }

  /** Reads the number at this position into `words`. @returns whether it has an exact value there */
  readWide(view: DataView, at: number): boolean {
    const digits = view.getInt16(at);
    const last = view.getInt16(at + 2) + this.#decimals;
    const sign = view.getUint16(at + 4);
    if (sign >= SPECIAL || hasMore(view, at, last + 1, digits)) return false;
    const magnitude = this.#magnitude;
    magnitude.fill(0);
    for (let i = 0; i <= last; i++) {
      const digit = i < digits ? view.getInt16(at + HEADER_BYTES + 2 * i) : 0;
      if (i < last) {
        if (!multiplyAdd(magnitude, BASE, digit)) return false;
      } else {
        if (digit % this.#divisor !== 0) return false;
        if (!multiplyAdd(magnitude, this.#factor, digit / this.#divisor)) return false;
      }
    }
    if (!isLess(magnitude, this.#wideLimit)) return false;
    this.#setWords(sign === NEGATIVE);
    return true;
  }

  #setWords(isNegative: boolean): void {
    const { words } = this;
    let carry = isNegative ? 1 : 0;
    for (let i = 0; i < 4; i++) {
      const word = this.#magnitude[i] ?? 0;
      const sum = (isNegative ? ~word >>> 0 : word) + carry;
      words[i] = sum;
      carry = sum >= TWO_32 ? 1 : 0;
    }
  }
}

/** Multiplies a number of 128 bits and adds to it. @returns whether the result has 128 bits, too */
function multiplyAdd(words: Uint32Array, factor: number, more: number): boolean {
  let carry = more;
  for (let i = 0; i < 4; i++) {
    const product = (words[i] ?? 0) * factor + carry;
    words[i] = product;
    carry = Math.floor(product / TWO_32);
  }
  return carry === 0;
}

const wordsOf = (value: bigint): Uint32Array =>
  Uint32Array.from([0n, 32n, 64n, 96n], (bits) => Number((value >> bits) & 0xffffffffn));

function isLess(a: Uint32Array, b: Uint32Array): boolean {
  for (let i = a.length - 1; i >= 0; i--) {
    const [left, right] = [a[i] ?? 0, b[i] ?? 0];
    if (left !== right) return left < right;
  }
  return false;
}

/** Whether digits from this one on aren't zero. */
function hasMore(view: DataView, at: number, from: number, digits: number): boolean {
  for (let i = Math.max(0, from); i < digits; i++) if (view.getInt16(at + HEADER_BYTES + 2 * i) !== 0) return true;
  return false;
}
