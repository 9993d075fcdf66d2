import { columnLetters, STYLES, type CellKind } from './cells.js';

/**
 * What is around the values of a row: `<row r="2">`, `<c r="A2" s="1"><v>`, … It is the same from row to row but for the
 * number, so the bytes are made once, and the number is counted up where it stands in them.
 */

/** Bytes that are written again and again, eight at a time: as numbers of 64 bits that nobody looks at as numbers. */
export class Stamp {
  readonly length: number;
  /** To be changed in place. */
  readonly bytes: Uint8Array;
  readonly #words: Float64Array;

  /** @param text ASCII, so that no eight bytes of it are NaN, which has many forms */
  constructor(text: string) {
    this.length = text.length;
    this.#words = new Float64Array(Math.ceil(text.length / 8));
    this.bytes = new Uint8Array(this.#words.buffer);
    this.bytes.set(Buffer.from(text, 'latin1'));
  }

  /**
   * @param out has room for seven bytes more, which are written and do not count
   * @returns where the next byte goes
   */
  put(out: DataView, o: number): number {
    const words = this.#words;
    for (let i = 0; i < words.length; i += 1) out.setFloat64(o + 8 * i, words[i] ?? 0, true);
    return o + this.length;
  }
}

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

function valueOpen(kind: CellKind): string {
  switch (kind) {
    case 'text':
      return ' t="inlineStr"><is><t>';
    case 'boolean':
      return ' t="b"><v>';
    case 'timestamp':
    case 'date':
    case 'time':
      return ` s="${STYLES[kind]}"><v>`;
    case 'double':
    case 'exact':
      return '><v>';
  }
}

function countUp(bytes: Uint8Array, last: number): void {
  let at = last;
  for (; bytes[at] === DIGIT_9; at -= 1) bytes[at] = DIGIT_0;
  bytes[at] = (bytes[at] ?? DIGIT_0) + 1;
}

export class RowFrame {
  readonly #kinds: readonly CellKind[];
  /** The first row whose number has a digit more. */
  #longerFrom = 0;
  #row: number;
  /** `<row r="2">` */
  rowOpen = new Stamp('<row>');
  /** By column. */
  cellOpens: readonly Stamp[] = [];
  /** Where in each of them, and in `rowOpen`, the number's last digit is. */
  #lastDigits: readonly (readonly [bytes: Uint8Array, at: number])[] = [];

  /** @param firstRow counted from 1; 0: rows and cells are not numbered */
  constructor(kinds: readonly CellKind[], firstRow: number) {
    this.#kinds = kinds;
    this.#row = firstRow;
    this.#make();
  }

  get isNumbered(): boolean {
    return this.#row > 0;
  }

  /** Attributes of a cell, led by a blank where there are any. */
  reference(column: number): string {
    return this.isNumbered ? ` r="${columnLetters(column)}${this.#row}"` : '';
  }

  next(): void {
    if (!this.isNumbered) return;
    this.#row += 1;
    if (this.#row === this.#longerFrom) this.#make();
    else for (const [bytes, at] of this.#lastDigits) countUp(bytes, at);
  }

  #make(): void {
    const number = this.isNumbered ? String(this.#row) : '';
    this.#longerFrom = 10 ** number.length;
    const opens = this.#kinds.map((kind, column) => `<c${this.reference(column)}${valueOpen(kind)}`);
    this.cellOpens = opens.map((open) => new Stamp(open));
    if (!this.isNumbered) return;
    this.rowOpen = new Stamp(`<row r="${number}">`);
    const ends = [`<row r="${number}`, ...this.#kinds.map((_, column) => `<c r="${columnLetters(column)}${number}`)];
    this.#lastDigits = [this.rowOpen, ...this.cellOpens].map(({ bytes }, index) => [
      bytes,
      (ends[index]?.length ?? 1) - 1,
    ]);
  }
}
