import { BACKSLASH, LF, TAB, UNESCAPED } from '../copy-text.js';

const SPACE = 0x20;

/** Tabs and line breaks become spaces on a page. */
const isBlank = (point: number): boolean =>
  (point >= 0x09 && point <= 0x0d) || point === 0x85 || point === 0x2028 || point === 0x2029;

/** The characters of a field of COPY's text format. */
export class FieldReader {
  points = new Uint32Array(256);
  count = 0;
  /** Whether there were more characters than requested. */
  isCut = false;

  /**
   * @param most maximum number of characters to read
   * @returns where the field ends
   */
  read(rows: Buffer, from: number, most: number): number {
    this.count = 0;
    this.isCut = false;
    let i = from;
    for (;;) {
      let point = rows[i] ?? LF;
      if (point === TAB || point === LF) return i;
      if (this.count === most) break;
      if (point === BACKSLASH) {
        point = UNESCAPED[rows[i + 1] ?? 0] ?? 0;
        i += 2;
      } else if (point < 0x80) i += 1;
      else if (point < 0xe0) {
        point = ((point & 0x1f) << 6) | next(rows, i + 1);
        i += 2;
      } else if (point < 0xf0) {
        point = ((point & 0x0f) << 12) | (next(rows, i + 1) << 6) | next(rows, i + 2);
        i += 3;
      } else {
        point = ((point & 0x07) << 18) | (next(rows, i + 1) << 12) | (next(rows, i + 2) << 6) | next(rows, i + 3);
        i += 4;
      }
      this.#add(isBlank(point) ? SPACE : point);
    }
    this.isCut = true;
    // In a value, a tab or line feed is a letter after a backslash.
    while (rows[i] !== TAB && rows[i] !== LF) i++;
    return i;
  }

  load(text: string): void {
    this.count = 0;
    this.isCut = false;
    for (const character of text) this.#add(character.codePointAt(0) ?? 0);
  }

  text(): string {
    return String.fromCodePoint(...this.points.subarray(0, this.count));
  }

  #add(point: number): void {
    if (this.count === this.points.length) {
      const larger = new Uint32Array(this.count * 2);
      larger.set(this.points);
      this.points = larger;
    }
    this.points[this.count++] = point;
  }
}

const next = (rows: Buffer, at: number): number => (rows[at] ?? 0) & 0x3f;
