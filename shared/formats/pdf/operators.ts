import { NARROW_BYTE, narrowName, wideName } from './codes.js';
import { NONE, type Faces } from './faces.js';

const SPACE = 0x20;
const OPEN = 0x28;
const CLOSE = 0x29;
const BACKSLASH = 0x5c;
const CR = 0x0d;
const MINUS = 0x2d;
const ZERO = 0x30;

/** The instructions of a page or a form, as bytes that grow. Who is in a hurry writes into `bytes` itself. */
export class Operators {
  bytes = Buffer.allocUnsafeSlow(1 << 16);
  at = 0;

  /** Makes sure that so many bytes have room. */
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

  /** A move of the line's start, in whole units. Room has to be reserved: 24 bytes. */
  move(dx: number, dy: number): void {
    this.at = writeInteger(this.bytes, this.at, dx);
    this.bytes[this.at++] = SPACE;
    this.at = writeInteger(this.bytes, this.at, dy);
    this.bytes[this.at++] = SPACE;
    this.bytes[this.at++] = 0x54;
    this.bytes[this.at++] = 0x64;
  }

  /**
   * Shows characters with the fonts that have them. The narrow first font is the current one, before and after.
   * @param size of the font
   */
  show(fonts: Faces, points: Uint32Array, count: number, size: number): void {
    const { faces, owners } = fonts;
    const first = narrowName(faces[0]?.id ?? '');
    this.reserve(count * 40 + 64);
    let run = '';
    for (let index = 0; index < count; index++) {
      const point = points[index] ?? 0;
      const owner = point < 0x10000 ? (owners[point] ?? NONE) : fonts.ownerOf(point);
      const font = owner === NONE ? 0 : owner;
      const narrow = font === 0 && point < 0x10000 ? (NARROW_BYTE[point] ?? 0) : 0;
      const wide = wideName(faces[font]?.id ?? '', point >> 16);
      // Blanks between wide characters stay with them.
      const name = narrow !== 0 && run !== wide ? first : wide;
      if (name !== run) {
        if (run !== '') this.ascii(')Tj');
        if (run !== '' || name !== first) this.ascii(`/${name} ${size} Tf`);
        this.ascii('(');
        run = name;
      }
      if (name === first) this.#escaped(narrow);
      else {
        this.#escaped((point >> 8) & 0xff);
        this.#escaped(point & 0xff);
      }
    }
    if (run === '') return;
    this.ascii(')Tj');
    if (run !== first) this.ascii(`/${first} ${size} Tf`);
  }

  /** A line end of its own would be read as another. */
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

/** @returns where it ends */
function writeInteger(bytes: Buffer, at: number, number: number): number {
  let rest = number;
  if (rest < 0) {
    bytes[at++] = MINUS;
    rest = -rest;
  }
  const end = at + (rest < 10 ? 1 : rest < 100 ? 2 : rest < 1000 ? 3 : rest < 10_000 ? 4 : 5);
  for (let place = end - 1; place >= at; place--) {
    const tens = (rest / 10) | 0;
    bytes[place] = ZERO + rest - tens * 10;
    rest = tens;
  }
  return end;
}
