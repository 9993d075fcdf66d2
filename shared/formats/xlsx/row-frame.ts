import { columnLetters, STYLES, type CellColumn } from './cells.js';

/**
 * The XML around the values of a row: `<row r="2">`, `<c r="A2" s="1"><v>`, … Only the row number changes from row to
 * row, so the bytes are created once and the number is incremented in place.
 */

/** Bytes that are written repeatedly, eight at a time as 64-bit numbers. */
export class Stamp {
  readonly length: number;
  /** Can be modified in place. */
  readonly bytes: Uint8Array;
  readonly #words: Float64Array;

  /** @param text ASCII, because eight bytes that form a NaN might be changed when they are copied as a number */
  constructor(text: string) {
    this.length = text.length;
    this.#words = new Float64Array(Math.ceil(text.length / 8));
    this.bytes = new Uint8Array(this.#words.buffer);
    this.bytes.set(Buffer.from(text, 'latin1'));
  }

  /**
   * @param out needs seven extra bytes, which are overwritten
   * @returns the position of the next byte
   */
  put(out: DataView, o: number): number {
    const words = this.#words;
    for (let i = 0; i < words.length; i += 1) out.setFloat64(o + 8 * i, words[i] ?? 0, true);
    return o + this.length;
  }
}

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

function valueOpen({ kind, style }: CellColumn): string {
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
      return style === 0 ? '><v>' : ` s="${style}"><v>`;
  }
}

function countUp(bytes: Uint8Array, last: number): void {
  let at = last;
  for (; bytes[at] === DIGIT_9; at -= 1) bytes[at] = DIGIT_0;
  bytes[at] = (bytes[at] ?? DIGIT_0) + 1;
}

export class RowFrame {
  readonly #columns: readonly CellColumn[];
  /** The first row whose number has one more digit. */
  #longerFrom = 0;
  #row: number;
  /** `<row r="2">` */
  rowOpen = new Stamp('<row>');
  /** Opening tags of cells, by column. */
  cellOpens: readonly Stamp[] = [];
  /** Positions of the row number's last digit in each of them and in `rowOpen`. */
  #lastDigits: readonly (readonly [bytes: Uint8Array, at: number])[] = [];

  /** @param firstRow counted from 1; 0: rows and cells are not numbered */
  constructor(columns: readonly CellColumn[], firstRow: number) {
    this.#columns = columns;
    this.#row = firstRow;
    this.#make();
  }

  get isNumbered(): boolean {
    return this.#row > 0;
  }

  /** The `r` attribute of a cell with a leading space; empty without numbers. */
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
    const opens = this.#columns.map((cells, column) => `<c${this.reference(column)}${valueOpen(cells)}`);
    this.cellOpens = opens.map((open) => new Stamp(open));
    if (!this.isNumbered) return;
    this.rowOpen = new Stamp(`<row r="${number}">`);
    const ends = [`<row r="${number}`, ...this.#columns.map((_, column) => `<c r="${columnLetters(column)}${number}`)];
    this.#lastDigits = [this.rowOpen, ...this.cellOpens].map(({ bytes }, index) => [
      bytes,
      (ends[index]?.length ?? 1) - 1,
    ]);
  }
}
