import { NARROW_BYTE, narrowName, wideName } from './codes.js';
import { NONE, PENDING, type Faces } from './faces.js';

const SPACE = 0x20;
const OPEN = 0x28;
const CLOSE = 0x29;
const BACKSLASH = 0x5c;
const CR = 0x0d;
const LF = 0x0a;
const MINUS = 0x2d;
const ZERO = 0x30;

/** Number of Unicode planes. */
const PLANES = 17;
/** A run of characters drawn by one font is identified by the font's number and the plane, or by one of these. */
const NARROW_RUN = -1;
const NO_RUN = -2;

/** The operators of a page or form, in a buffer that grows. Performance-critical callers write to `bytes` directly. */
export class Operators {
  bytes = Buffer.allocUnsafeSlow(1 << 16);
  at = 0;

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + count));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  ascii(text: string): this {
    this.reserve(text.length);
    this.at += this.bytes.write(text, this.at, 'latin1');
    return this;
  }

  /** Moves the start of the line, in whole units. The caller must have reserved 24 bytes. */
  move(dx: number, dy: number): void {
    this.at = writeInteger(this.bytes, this.at, dx);
    this.bytes[this.at++] = SPACE;
    this.at = writeInteger(this.bytes, this.at, dy);
    this.bytes[this.at++] = SPACE;
    this.bytes[this.at++] = 0x54;
    this.bytes[this.at++] = 0x64;
  }

  /**
   * Draws characters with the fonts that have them. The narrow first font is selected before and after.
   * @param size font size
   */
  show(fonts: Faces, points: Uint32Array, count: number, size: number): void {
    const { owners } = fonts;
    this.reserve(count * 40 + 64);
    let run = NO_RUN;
    for (let index = 0; index < count; index++) {
      const point = points[index] ?? 0;
      let font = point < 0x10000 ? (owners[point] ?? NONE) : PENDING;
      if (font === PENDING) font = fonts.ownerOf(point);
      if (font === NONE) font = 0;
      const wide = font * PLANES + (point >> 16);
      const narrow = wide === 0 ? (NARROW_BYTE[point] ?? 0) : 0;
      // Spaces between wide characters stay in their run.
      const next = narrow !== 0 && run !== wide ? NARROW_RUN : wide;
      if (next !== run) {
        if (run !== NO_RUN) this.#end();
        if (run !== NO_RUN || next !== NARROW_RUN) this.#font(fonts, next, size);
        this.bytes[this.at++] = OPEN;
        run = next;
      }
      if (next === NARROW_RUN) this.#escaped(narrow);
      else {
        this.#escaped((point >> 8) & 0xff);
        this.#escaped(point & 0xff);
      }
    }
    if (run === NO_RUN) return;
    this.#end();
    if (run !== NARROW_RUN) this.#font(fonts, NARROW_RUN, size);
  }

  #end(): void {
    this.bytes[this.at++] = CLOSE;
    this.bytes[this.at++] = 0x54;
    this.bytes[this.at++] = 0x6a;
  }

  /** Cached font names: creating one costs more than drawing a text with it. */
  readonly #names = new Map<Faces, Map<number, Buffer>>();
  #font(fonts: Faces, run: number, size: number): void {
    const names = this.#names.get(fonts) ?? new Map<number, Buffer>();
    this.#names.set(fonts, names);
    const key = (run + 1) * 1024 + size;
    let name = names.get(key);
    if (name === undefined) {
      const id = fonts.faces[run === NARROW_RUN ? 0 : Math.floor(run / PLANES)]?.id ?? '';
      name = Buffer.from(`/${run === NARROW_RUN ? narrowName(id) : wideName(id, run % PLANES)} ${size} Tf`);
      names.set(key, name);
    }
    for (const byte of name) this.bytes[this.at++] = byte;
  }

  /** Readers normalize unescaped line ends in strings. */
  #escaped(byte: number): void {
    if (byte === OPEN || byte === CLOSE || byte === BACKSLASH) this.bytes[this.at++] = BACKSLASH;
    if (byte !== CR) {
      this.bytes[this.at++] = byte;
      return;
    }
    this.bytes[this.at++] = BACKSLASH;
    this.bytes[this.at++] = 0x72;
  }
}

/** @returns the position after it */
function writeInteger(bytes: Buffer, at: number, number: number): number {
  let rest = number;
  if (rest < 0) {
    bytes[at++] = MINUS;
    rest = -rest;
  }
  const end = at + (rest < 10 ? 1 : rest < 100 ? 2 : rest < 1000 ? 3 : rest < 10_000 ? 4 : 5);
  for (let index = end - 1; index >= at; index--) {
    const tens = (rest / 10) | 0;
    bytes[index] = ZERO + rest - tens * 10;
    rest = tens;
  }
  return end;
}

/**
 * Writes `)Tj` and a line feed.
 * @returns the position after it
 */
export function endString(bytes: Buffer, at: number): number {
  bytes[at] = CLOSE;
  bytes[at + 1] = 0x54;
  bytes[at + 2] = 0x6a;
  bytes[at + 3] = LF;
  return at + 4;
}
