import type { TupleBuffer } from './binary-row-buffer.js';

/**
 * PostgreSQL's numeric: groups of four decimal digits, without those at either end that are zero. `weight` is the power
 * of 10,000 of the first group, and `dscale` the number of decimals that its text shows.
 * https://doxygen.postgresql.org/backend_2utils_2adt_2numeric_8c_source.html (numeric_send)
 */

const GROUP = 4;
const ZERO = 0x30;
const MINUS = 0x2d;

const POSITIVE = 0x0000;
const NEGATIVE = 0x4000;
/** Sign and dscale of values without digits. The infinities' dscale is a bit of their sign, which nothing reads. */
const SPECIAL: Readonly<Record<string, readonly [sign: number, dscale: number]>> = {
  NaN: [0xc000, 0],
  Infinity: [0xd000, 0x20],
  '-Infinity': [0xf000, 0x20],
};

/** The most digits before and after the decimal point: https://www.postgresql.org/docs/18/datatype-numeric.html */
const MOST_WHOLE = 131_072;
const MOST_DECIMALS = 16_383;

/**
 * Writes a numeric field from PostgreSQL's text, such as `-0.50`, `NaN` or `Infinity`, or from that of a computed
 * column, such as `1.5e-7`. A number that is too long for a numeric becomes NaN.
 */
export function writeNumeric(text: string, out: TupleBuffer): void {
  const special = SPECIAL[text];
  if (special !== undefined) {
    const [sign, dscale] = special;
    writeHead(out, { groups: 0, weight: 0, sign, dscale });
    return;
  }
  const exponential = EXPONENTIAL.exec(text);
  if (exponential !== null) {
    writeNumeric(withoutExponent(exponential), out);
    return;
  }
  const digits = new Digits(text);
  if (digits.groupsBefore > MOST_WHOLE / GROUP || digits.decimals > MOST_DECIMALS) {
    writeNumeric('NaN', out);
    return;
  }
  let first = -digits.groupsBefore;
  let end = digits.groupsAfter;
  while (first < end && digits.group(first) === 0) first += 1;
  while (first < end && digits.group(end - 1) === 0) end -= 1;
  const groups = end - first;
  const isZero = groups === 0;
  const sign = !isZero && text.charCodeAt(0) === MINUS ? NEGATIVE : POSITIVE;
  writeHead(out, { groups, weight: isZero ? 0 : -first - 1, sign, dscale: digits.decimals });
  for (let index = first; index < end; index += 1) out.int16(digits.group(index));
}

const EXPONENTIAL = /^(-?)(\d+)(?:\.(\d+))?e([+-]?\d+)$/i;

/** The same number without an exponent, or NaN if it would be too long. */
function withoutExponent([, sign = '', whole = '', decimals = '', exponent = '']: RegExpExecArray): string {
  const digits = `${whole}${decimals}`;
  if (/^0+$/.test(digits)) return '0';
  const point = whole.length + Number(exponent);
  if (point > MOST_WHOLE || digits.length - point > MOST_DECIMALS) return 'NaN';
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const shown = digits.padEnd(point, '0');
  return `${sign}${shown.slice(0, point)}${point < shown.length ? `.${shown.slice(point)}` : ''}`;
}

interface Head {
  readonly groups: number;
  readonly weight: number;
  readonly sign: number;
  readonly dscale: number;
}

/** The field's length, and all of it before its groups. */
function writeHead(out: TupleBuffer, { groups, weight, sign, dscale }: Head): void {
  out.int32(8 + groups * 2);
  // Unsigned, because there may be 36,864.
  out.uint16(groups);
  out.int16(weight);
  out.uint16(sign);
  out.uint16(dscale);
}

/** The digits of a number in groups of four, counted from the decimal point: group 0 follows it, and -1 precedes it. */
class Digits {
  readonly decimals: number;
  readonly groupsBefore: number;
  readonly groupsAfter: number;
  /** Indexes of the first digit, the decimal point (or the end), and the first decimal. */
  readonly #start: number;
  readonly #point: number;
  readonly #after: number;

  constructor(private readonly text: string) {
    this.#start = text.charCodeAt(0) === MINUS ? 1 : 0;
    const point = text.indexOf('.');
    this.#point = point < 0 ? text.length : point;
    this.#after = Math.min(this.#point + 1, text.length);
    this.decimals = text.length - this.#after;
    this.groupsBefore = Math.ceil((this.#point - this.#start) / GROUP);
    this.groupsAfter = Math.ceil(this.decimals / GROUP);
  }

  group(index: number): number {
    const origin = index < 0 ? this.#point : this.#after;
    const [lower, upper] = index < 0 ? [this.#start, this.#point] : [this.#after, this.text.length];
    let value = 0;
    for (let at = origin + index * GROUP; at < origin + index * GROUP + GROUP; at += 1) {
      value = value * 10 + (at < lower || at >= upper ? 0 : this.text.charCodeAt(at) - ZERO);
    }
    return value;
  }
}
