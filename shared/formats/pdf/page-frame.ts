import { narrowName } from './codes.js';
import type { Faces } from './faces.js';
import * as geometry from './geometry.js';
import { measureText } from './measure.js';
import type { PdfLayout } from './layout.js';
import type { Operators } from './operators.js';

/** Everything around the rows of a page: stripes behind them, references to the shared forms, and the page number. */
export class PageFrame {
  readonly #head = Buffer.from('.1 0 0 .1 0 0 cm/H Do .96 g\n');
  /** Stripes behind every other row. */
  readonly #stripes: Buffer;
  readonly #stripeEnds: readonly number[];
  /** Starts the text one line above the first row. */
  readonly #text: Buffer;
  readonly #faces: Faces;
  readonly #middle: number;

  constructor({ width, rowsTop, rowsPerPage, lead, size }: PdfLayout, faces: Faces) {
    const stripes = Array.from(
      { length: Math.floor(rowsPerPage / 2) },
      (_, index) =>
        `${geometry.MARGIN} ${rowsTop - lead * (2 * index + 2)} ${width - 2 * geometry.MARGIN} ${lead} re f\n`,
    );
    this.#stripes = Buffer.from(stripes.join(''));
    let end = 0;
    this.#stripeEnds = [0, ...stripes.map((stripe) => (end += stripe.length))];
    const baseline = rowsTop + Math.round((lead - geometry.CAP_HEIGHT * size) / 2);
    this.#text = Buffer.from(`0 g BT${fontOf(faces)} ${size} Tf 0 ${baseline} Td\n`);
    this.#faces = faces;
    this.#middle = Math.round(width / 2);
  }

  /** Starts a page, reserving room for everything before its rows, which depends on their number. */
  begin(operators: Operators): void {
    const room = this.#head.length + this.#stripes.length + this.#text.length;
    operators.at = 0;
    operators.reserve(room);
    operators.at = room;
  }

  /** @returns the page's contents, valid until the next page starts */
  end(operators: Operators, rows: number, number: number): Buffer {
    const label = `Page ${number}`;
    const size = geometry.FOOTER_SIZE;
    // The number ends at the center, where " of y" starts.
    const x = this.#middle - Math.round((measureText(this.#faces, label) * size) / 1000);
    operators.ascii(
      `.4 g${fontOf(this.#faces)} ${size} Tf 1 0 0 1 ${x} ${geometry.FOOTER_BASELINE} Tm(${label})Tj ET/T Do`,
    );
    const stripes = this.#stripes.subarray(0, this.#stripeEnds[Math.floor(rows / 2)]);
    const from = this.#stripes.length - stripes.length;
    let at = from;
    for (const part of [this.#head, stripes, this.#text]) at += part.copy(operators.bytes, at);
    return operators.bytes.subarray(from, operators.at);
  }
}

const fontOf = ({ faces }: Faces): string => `/${narrowName(faces[0]?.id ?? '')}`;
