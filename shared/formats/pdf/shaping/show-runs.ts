import { utf16 } from '../cmaps.js';
import { INVISIBLE, narrowName, shapedName } from '../codes.js';
import type { Faces } from '../faces.js';
import type { Operators } from '../operators.js';
import { spell } from './glyph-text.js';
import type { Line, ShapedRun } from './line.js';
import type { ShapedGlyph } from './shaper.js';

/** Draws runs one after the other. The narrow first font is selected before and after. */
export function showRuns(operators: Operators, faces: Faces, runs: Line['runs'], size: number): void {
  const narrow = `/${narrowName(faces.faces[0]?.id ?? '')} ${size} Tf`;
  for (const run of runs) {
    if (run.kind === 'plain') operators.show(faces, run.points, run.points.length, size);
    else operators.ascii(`/${shapedName(run.face.id)} ${size} Tf${shapedText(run, size)}${narrow}`);
  }
}

function shapedText({ face, isRightToLeft, points, clusters }: ShapedRun, size: number): string {
  const out = new GlyphWriter(size, (glyph) => face.typeface.glyphAdvance(glyph));
  for (const cluster of clusters) {
    const text = String.fromCodePoint(...points.slice(cluster.first, cluster.end));
    for (const piece of spell(face, cluster, isRightToLeft, text)) {
      if ('invisible' in piece) {
        out.operator(
          ` 3 Tr/${INVISIBLE} ${size} Tf<${utf16(piece.invisible)}>Tj 0 Tr/${shapedName(face.id)} ${size} Tf`,
        );
        continue;
      }
      if (piece.actualText !== undefined) out.operator(`/Span<</ActualText<FEFF${utf16(piece.actualText)}>>>BDC`);
      for (const glyph of piece.glyphs) out.glyph(glyph);
      if (piece.actualText !== undefined) out.operator(' EMC');
    }
  }
  return out.end();
}

/** Writes glyphs as TJ arrays, in which a number moves the following glyphs left, in 1/1000 em. */
class GlyphWriter {
  #out = '';
  #array = '';
  #hex = '';
  /** Pending movement to the right. */
  #move = 0;
  #rise = 0;
  readonly #size: number;
  readonly #widthOf: (glyph: number) => number;

  constructor(size: number, widthOf: (glyph: number) => number) {
    this.#size = size;
    this.#widthOf = widthOf;
  }

  glyph({ id, advance, dx, dy }: ShapedGlyph): void {
    if (dy !== this.#rise) this.#setRise(dy);
    this.#move += dx;
    if (this.#move !== 0) {
      this.#closeHex();
      this.#array += String(-this.#move);
    }
    this.#hex += id.toString(16).padStart(4, '0');
    this.#move = advance - dx - this.#widthOf(id);
  }

  operator(text: string): void {
    this.#closeArray();
    this.#out += text;
  }

  end(): string {
    this.#setRise(0);
    if (this.#move !== 0) this.#array += String(-this.#move);
    this.#closeArray();
    return this.#out;
  }

  #setRise(rise: number): void {
    if (rise === this.#rise) return;
    this.#closeArray();
    this.#rise = rise;
    this.#out += ` ${Math.round((rise * this.#size) / 100) / 10} Ts`;
  }

  #closeHex(): void {
    if (this.#hex !== '') this.#array += `<${this.#hex}>`;
    this.#hex = '';
  }

  #closeArray(): void {
    this.#closeHex();
    if (this.#array !== '') this.#out += `[${this.#array}]TJ`;
    this.#array = '';
  }
}
