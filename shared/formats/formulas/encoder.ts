import type { Emit, RowBytes, SegmentEncoder, SegmentSummary } from '../encoding.js';
import { NOTHING, passThrough } from '../pass-through.js';

const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const BLANK = 0x20;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
const EQUALS = 0x3d;
const PLUS = 0x2b;
const MINUS = 0x2d;
const AT = 0x40;
/** First byte of ＝ ＋ － ＠ in UTF-8; EF BC and one of these. */
const FULL_WIDTH = 0xef;
const FULL_WIDTH_SIGNS = [0x9d, 0x8b, 0x8d, 0xa0];
const SEPARATORS = [LF, CR, TAB, ...Buffer.from(',;|')];

/** Quotes between a separator and a formula that a program may drop: one, or a doubled one inside a quoted value. */
const MAX_QUOTES = 4;
/** Longer than any number in real data. */
const MAX_NUMBER = 40;
const SIGNED_NUMBER = /^[+-](?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;
/** Bytes that may still turn out to be a number, with the quote that ends its value. */
const ONLY_NUMBER = /^[-+\d.eE]*"?$/;
/** What ends a number and can't continue a formula. Outside quotes, the next field could continue it. */
const NUMBER_ENDS = /^[,)\]}]/;
const NUMBER_ENDS_IN_QUOTES = /^(?:[,)\]}\r\n]|"(?!"))/;

export interface FormulaDialect {
  /** Separates fields; within quotes it is part of the value. */
  readonly delimiter: string;
  /** Whether values with delimiters and line breaks are quoted; if not, values have neither. */
  readonly quotes: boolean;
}

/** Instead of a formula's position: there is none, or it depends on bytes that haven't arrived yet. */
const NONE = -1;
const UNDECIDED = -2;

/**
 * Writes an apostrophe before text that becomes a formula if a program splits values where the file doesn't: after a
 * comma, semicolon, vertical bar, tab or line break within a value, and after a space for `=`. PostgreSQL handles the
 * beginnings of values (`escapeStartSql`), because it knows their types. Most rows have no separator within a value, so
 * separators are searched for natively, and bytes are copied only where an apostrophe is written.
 */
export class FormulaEncoder implements SegmentEncoder {
  readonly #inner: SegmentEncoder;
  readonly #delimiter: number;
  /** Bytes to stop at outside quotes: the quote, `=`, and separators that don't end a field here. */
  readonly #stops: readonly number[];
  /** 1 for each byte to stop at within quotes: the quote, `=`, and all separators. */
  readonly #stopsInQuotes = new Uint8Array(256);
  #inQuotes = false;
  /** The end of a chunk, if it depends on the next one. */
  #held = NOTHING;
  /** The last bytes before this chunk. */
  #before = NOTHING;

  constructor(inner: SegmentEncoder, { delimiter, quotes }: FormulaDialect) {
    this.#inner = inner;
    const own = delimiter.charCodeAt(0);
    this.#delimiter = own;
    // A space as the delimiter is a separator like any other.
    const equals = own === BLANK ? [] : [EQUALS];
    for (const stop of [QUOTE, ...equals, ...SEPARATORS, own]) this.#stopsInQuotes[stop] = 1;
    const within = SEPARATORS.filter((code) => code !== own && code !== LF && code !== CR);
    this.#stops = [...equals, ...within, ...(quotes ? [QUOTE] : [])];
  }

  /** Escapes complete bytes: a heading, or the text for null. */
  static escape(text: string, dialect: FormulaDialect): string {
    return new FormulaEncoder(passThrough, dialect).#escape(Buffer.from(text), true).toString();
  }

  write({ bytes, rows }: RowBytes, emit: Emit): Promise<void> | void {
    const whole = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    return this.#inner.write({ bytes: this.#escape(whole, false), rows }, emit);
  }

  async end(emit: Emit): Promise<SegmentSummary> {
    if (this.#held.length > 0) await this.#inner.write({ bytes: this.#escape(this.#held, true), rows: 0 }, emit);
    return this.#inner.end(emit);
  }

  #escape(bytes: Buffer, isLast: boolean): Buffer {
    const positions: number[] = [];
    const end = this.#find(bytes, isLast, positions);
    this.#held = end < bytes.length ? Buffer.from(bytes.subarray(end)) : NOTHING;
    const known = end > MAX_QUOTES ? bytes.subarray(0, end) : Buffer.concat([this.#before, bytes.subarray(0, end)]);
    this.#before = Buffer.from(known.subarray(-MAX_QUOTES - 1));
    return positions.length === 0 ? bytes.subarray(0, end) : withApostrophes(bytes.subarray(0, end), positions);
  }

  /** Finds where apostrophes belong. @returns the position up to which that is decided */
  #find(bytes: Buffer, isLast: boolean, positions: number[]): number {
    const next = this.#stops.map((stop) => bytes.indexOf(stop));
    let at = 0;
    while (at < bytes.length) {
      const stop = this.#inQuotes ? this.#stopInQuotes(bytes, at) : this.#stopOutside(bytes, at, next);
      if (stop === bytes.length) break;
      if (bytes[stop] === QUOTE) this.#inQuotes = !this.#inQuotes;
      else if (!this.#checkSeparator(bytes, stop, isLast, positions)) return stop;
      at = stop + 1;
    }
    return bytes.length;
  }

  /** @param next the position at which each of the stops was last found */
  #stopOutside(bytes: Buffer, from: number, next: number[]): number {
    let first = bytes.length;
    for (const [index, stop] of this.#stops.entries()) {
      let position = next[index] ?? -1;
      if (position >= 0 && position < from) next[index] = position = bytes.indexOf(stop, from);
      if (position >= 0 && position < first) first = position;
    }
    return first;
  }

  /** Values in quotes are short, so a native search would cost more. */
  #stopInQuotes(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at++) if (this.#stopsInQuotes[bytes[at] ?? 0] === 1) return at;
    return bytes.length;
  }

  /**
   * Records whether an apostrophe belongs here because of this byte.
   * @returns false if that is undecided
   */
  #checkSeparator(bytes: Buffer, at: number, isLast: boolean, positions: number[]): boolean {
    const position = bytes[at] === EQUALS ? this.#behindBlank(bytes, at) : this.#behindSeparator(bytes, at, isLast);
    if (position === UNDECIDED && !isLast) return false;
    if (position >= 0) positions.push(position);
    return true;
  }

  /**
   * For a program that splits at spaces, `x =1+1` contains a formula, but `x = 1` doesn't. Returns the same as
   * `#behindSeparator`.
   */
  #behindBlank(bytes: Buffer, at: number): number {
    const byteAt = (position: number): number =>
      (position < 0 ? this.#before[this.#before.length + position] : bytes[position]) ?? 0;
    let before = at - 1;
    while (byteAt(before) === QUOTE && before >= at - MAX_QUOTES) before--;
    if (byteAt(before) !== BLANK) return NONE;
    const [next, second] = [bytes[at + 1], bytes[at + 2]];
    if (next === undefined || (next === QUOTE && this.#inQuotes && second === undefined)) return UNDECIDED;
    const endsValue = this.#inQuotes ? next === QUOTE && second !== QUOTE : next === this.#delimiter;
    return next > BLANK && !endsValue ? at : NONE;
  }

  /** @returns the position of a formula that starts after this separator, or NONE, or UNDECIDED */
  #behindSeparator(bytes: Buffer, separator: number, isLast: boolean): number {
    let at = separator + 1;
    while (bytes[at] === QUOTE && at - separator <= MAX_QUOTES) at++;
    switch (bytes[at]) {
      case undefined:
        return UNDECIDED;
      case EQUALS:
      case AT:
        return at;
      case PLUS:
      case MINUS: {
        const mayBeNumber = bytes[separator] === COMMA && at === separator + 1;
        return mayBeNumber ? this.#unlessNumber(bytes, at, isLast) : at;
      }
      case FULL_WIDTH:
        return fullWidth(bytes, at);
      default:
        return NONE;
    }
  }

  /**
   * Leaves lists and ranges of numbers as they are: `{1,-5}`, `[-5,-1)`, `(1,-5)`. A program that splits at commas ends
   * that cell at the next one, and a signed number alone is harmless as a formula.
   */
  #unlessNumber(bytes: Buffer, at: number, isLast: boolean): number {
    const text = bytes.toString('latin1', at, at + MAX_NUMBER + 2);
    if (!isLast && text.length < MAX_NUMBER + 2 && ONLY_NUMBER.test(text)) return UNDECIDED;
    const number = SIGNED_NUMBER.exec(text)?.[0] ?? '';
    if (number === '' || number.length > MAX_NUMBER) return at;
    const ends = this.#inQuotes ? NUMBER_ENDS_IN_QUOTES : NUMBER_ENDS;
    return ends.test(text.slice(number.length)) ? NONE : at;
  }
}

function fullWidth(bytes: Buffer, at: number): number {
  const [second, third] = [bytes[at + 1], bytes[at + 2]];
  if (second === undefined || (second === 0xbc && third === undefined)) return UNDECIDED;
  return second === 0xbc && FULL_WIDTH_SIGNS.includes(third ?? 0) ? at : NONE;
}

function withApostrophes(bytes: Buffer, positions: readonly number[]): Buffer {
  const out = Buffer.allocUnsafe(bytes.length + positions.length);
  let [from, to] = [0, 0];
  for (const position of positions) {
    to += bytes.copy(out, to, from, position);
    out[to++] = APOSTROPHE;
    from = position;
  }
  bytes.copy(out, to, from);
  return out;
}
