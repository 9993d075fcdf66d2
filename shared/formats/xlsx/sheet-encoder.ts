import { BACKSLASH, LF, NULL_MARK, TAB, UNESCAPED, WholeRows, valueOf } from '../copy-text.js';
import type { Emit, RowBytes, SegmentEncoder, SegmentSummary } from '../encoding.js';
import { MAX_CELL_TEXT, STYLES, type CellColumn, type CellKind } from './cells.js';
import { isExactNumber } from './numbers.js';
import { RowFrame, Stamp } from './row-frame.js';
import { putDay, putTime } from './serial.js';
import { cutText, textCell } from './text.js';

/**
 * Turns COPY's text into rows of a sheet's XML, byte by byte. A million rows of thirteen columns take about a second;
 * creating a JavaScript value for each cell would take ten times as long.
 */

/** Output is emitted at the next end of a cell after this many bytes. */
const FULL = 256 * 1024;
/** Room for one more cell with all of its characters escaped, and the markup around it. */
const CELL = 8 * MAX_CELL_TEXT + 1024;

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const BLANK = 0x20;
const UNDERSCORE = 0x5f;
const POINT = 0x2e;
const LETTER_T = 0x74;
const LETTER_X = 0x78;
/** Distance from a value back to its style: `s="1"><v>`. */
const STYLE_BACK = '1"><v>'.length;
/** The first byte in UTF-8 of U+F000 to U+FFFF, which include U+FFFE and U+FFFF. */
const HIGH = 0xef;
const NONCHARACTER = 0xbf;

const ROW_CLOSE = new Stamp('</row>');
const VALUE_CLOSE = new Stamp('</v></c>');
const TEXT_CLOSE = new Stamp('</t></is></c>');
const EMPTY = new Stamp('<c/>');

const ENTITIES = new Map([
  [0x26, new Stamp('&amp;')],
  [0x3c, new Stamp('&lt;')],
  [0x3e, new Stamp('&gt;')],
]);
const PLAIN = 0;
const END = 1;
const ESCAPE = 2;
const MARKUP = 3;
/** A byte that may need the slow path. */
const SUSPECT = 4;
/** The action for each byte of a text. */
const ACTIONS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === TAB || byte === LF) return END;
  if (byte === BACKSLASH) return ESCAPE;
  if (ENTITIES.has(byte)) return MARKUP;
  return byte < BLANK || byte === UNDERSCORE || byte === HIGH ? SUSPECT : PLAIN;
});

const NOTHING = new Stamp('');

/** The end of the field that starts at `at`. */
function endOf(rows: Uint8Array, at: number): number {
  let i = at;
  while (rows[i] !== TAB && rows[i] !== LF) i += 1;
  return i;
}

function copy(rows: Uint8Array, at: number, end: number, out: Uint8Array, o: number): number {
  const offset = o - at;
  for (let i = at; i < end; i += 1) out[i + offset] = rows[i] ?? 0;
  return end + offset;
}

export class SheetEncoder implements SegmentEncoder {
  readonly #kinds: readonly CellKind[];
  readonly #frame: RowFrame;
  readonly #rows: WholeRows;
  readonly #out = Buffer.allocUnsafeSlow(FULL + CELL);
  readonly #view = new DataView(this.#out.buffer);
  #filled = 0;
  /** The column of the next cell. */
  #column = 0;
  /** The position in the rows where the last text cell ended. */
  #end = 0;
  #cut = 0;
  #emit: Emit = () => undefined;

  /** @param firstRow counted from 1; 0: rows and cells are not numbered */
  constructor(columns: readonly CellColumn[], firstRow: number) {
    this.#kinds = columns.map(({ kind }) => kind);
    this.#frame = new RowFrame(columns, firstRow);
    this.#rows = new WholeRows((rows) => this.#encode(rows));
  }

  write(rows: RowBytes, emit: Emit): Promise<void> | void {
    this.#emit = emit;
    return this.#rows.add(rows);
  }

  /** Returns a summary with `cut`: the number of texts that were too long for a cell. */
  async end(emit: Emit): Promise<SegmentSummary> {
    this.#emit = emit;
    await this.#flush();
    return { cut: this.#cut };
  }

  async #encode(rows: Buffer): Promise<void> {
    for (let at = 0; at < rows.length;) {
      at = this.#cells(rows, at);
      if (this.#filled >= FULL) await this.#flush();
    }
  }

  async #flush(): Promise<void> {
    const written = this.#out.subarray(0, this.#filled);
    this.#filled = 0;
    if (written.length > 0) await this.#emit(written);
  }

  /** Writes cells until the rows end or the buffer is full. @returns the position of the next cell */
  #cells(rows: Buffer, from: number): number {
    const { length } = rows;
    const view = this.#view;
    const frame = this.#frame;
    let at = from;
    let o = this.#filled;
    let column = this.#column;
    while (at < length && o < FULL) {
      if (column === 0) o = frame.rowOpen.put(view, o);
      const next = rows[at + 2];
      if (rows[at] === BACKSLASH && rows[at + 1] === NULL_MARK && (next === TAB || next === LF)) {
        if (!frame.isNumbered) o = EMPTY.put(view, o);
        at += 2;
      } else {
        o = this.#cell(rows, at, column, o);
        at = this.#end;
      }
      if (rows[at] === LF) {
        o = ROW_CLOSE.put(view, o);
        frame.next();
        column = 0;
      } else column += 1;
      at += 1;
    }
    this.#filled = o;
    this.#column = column;
    return at;
  }

  /** @returns the position of the next byte; `#end` is where the field ended */
  #cell(rows: Buffer, at: number, column: number, o: number): number {
    const view = this.#view;
    const kind = this.#kinds[column] ?? 'text';
    const begin = (this.#frame.cellOpens[column] ?? NOTHING).put(view, o);
    if (kind === 'text') {
      const end = this.#text(rows, at, begin);
      return end < 0 ? this.#longWay(rows, at, column, o) : TEXT_CLOSE.put(view, end);
    }
    const stop = endOf(rows, at);
    this.#end = stop;
    const end = this.#value(kind, rows, at, stop, begin);
    return end < 0 ? this.#longWay(rows, at, column, o) : VALUE_CLOSE.put(view, end);
  }

  /** @returns -1 if this kind of cell can't hold the value */
  #value(kind: CellKind, rows: Buffer, at: number, end: number, o: number): number {
    const out = this.#out;
    switch (kind) {
      case 'exact':
        if (end - at > 15) return isExactNumber(rows.toString('latin1', at, end)) ? copy(rows, at, end, out, o) : -1;
        return isDigit(rows[end - 1]) ? copy(rows, at, end, out, o) : -1;
      case 'double':
        // NaN and the infinities end with letters.
        return isDigit(rows[end - 1]) ? copy(rows, at, end, out, o) : -1;
      case 'boolean':
        out[o] = rows[at] === LETTER_T ? DIGIT_0 + 1 : DIGIT_0;
        return o + 1;
      case 'date':
        return putDay(rows, at, end, out, o);
      case 'timestamp':
        if (rows[at + 19] === POINT) out[o - STYLE_BACK] = DIGIT_0 + STYLES.timestampMs;
        return putDay(rows, at, end, out, o);
      case 'time':
        if (rows[at + 8] === POINT) out[o - STYLE_BACK] = DIGIT_0 + STYLES.timeMs;
        return putTime(rows, at, end, out, o);
      case 'text':
        return -1;
    }
  }

  /** @returns -1 if the text needs more than entities */
  #text(rows: Buffer, from: number, begin: number): number {
    const out = this.#out;
    // In bytes, which are never fewer than UTF-16 units.
    const tooLong = from + MAX_CELL_TEXT;
    let at = from;
    let o = begin;
    if (rows[at] === BLANK || rows[at] === BACKSLASH) return -1;
    for (;;) {
      let byte = rows[at] ?? 0;
      while (ACTIONS[byte] === PLAIN) {
        out[o++] = byte;
        byte = rows[++at] ?? 0;
      }
      if (at > tooLong) return -1;
      switch (ACTIONS[byte]) {
        case END:
          this.#end = at;
          return o > begin && (out[o - 1] ?? 0) <= BLANK ? -1 : o;
        case ESCAPE: {
          const character = UNESCAPED[rows[at + 1] ?? 0] ?? 0;
          // Other control characters must be escaped in XML.
          if (character !== LF && character !== TAB && character < BLANK) return -1;
          out[o++] = character;
          at += 2;
          break;
        }
        case MARKUP:
          o = (ENTITIES.get(byte) ?? NOTHING).put(this.#view, o);
          at += 1;
          break;
        default:
          if (byte < BLANK || (byte === UNDERSCORE && rows[at + 1] === LETTER_X)) return -1;
          if (byte === HIGH && rows[at + 1] === NONCHARACTER) return -1;
          out[o++] = byte;
          at += 1;
      }
    }
  }

  /** Writes any field as text by converting it to a string. */
  #longWay(rows: Buffer, at: number, column: number, o: number): number {
    this.#end = endOf(rows, at);
    const text = valueOf(rows.toString('utf8', at, this.#end)) ?? '';
    const shown = cutText(text);
    if (shown !== text) this.#cut += 1;
    return o + this.#out.write(textCell(this.#frame.reference(column), shown), o);
  }
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= DIGIT_0 && byte <= DIGIT_9;
