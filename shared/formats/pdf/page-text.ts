import { BACKSLASH, LF, NULL_MARK, TAB } from '../copy-text.js';
import { shownText } from './cells.js';
import { UsedCharacters } from './codes.js';
import { NONE, type Faces } from './faces.js';
import { cutField, measureField } from './field-fit.js';
import { FieldReader } from './field-reader.js';
import type { PdfLayout } from './layout.js';
import { endString, Operators } from './operators.js';
import { fitLine } from './shaping/fit-line.js';
import { ShaperNeeded } from './shaping/shaper.js';
import { showRuns } from './shaping/show-runs.js';
import { showScaled } from './show-scaled.js';
import { UsedGlyphs } from './shaping/used-glyphs.js';
import { plainAdvances, textCells, type TextCell } from './text-cells.js';

const SPACE = 0x20;
const OPEN = 0x28;
/** The first byte of À to ÿ in UTF-8. */
const LATIN = 0xc3;
const COLON = 0x3a;
const POINT = 0x2e;
const LETTER_C = 0x43;
/** Length of a timestamp to the second: `2026-01-31 13:45:00`. */
const SECONDS = 19;
/** A longer text does not fit into any column. */
const LONGEST_TEXT = 1000;
/** Returned for a row that needs the shaper, which isn't loaded yet. */
export const NEEDS_SHAPER = -2;

/**
 * Turns COPY's bytes into the text of a page. Nearly every value fits and has only ASCII characters and the letters À
 * to ÿ; the fast path handles these with one or two passes and no allocation. All others take the slow path.
 */
export class PageText {
  readonly operators = new Operators();
  /** Counts so far: characters that no font has, and cells that were clipped. */
  missing = 0;
  clipped = 0;
  readonly used = new UsedCharacters();
  readonly glyphs = new UsedGlyphs();

  readonly #faces: Faces;
  readonly #size: number;
  readonly #lead: number;
  readonly #cells: readonly TextCell[];
  /** Widths of bytes that are the same in COPY's text and in a PDF string; 0 for others. */
  readonly #advances: Uint16Array;
  /** Widths of À to ÿ, which are one byte in the PDF. */
  readonly #latinAdvances: Uint16Array;
  readonly #field = new FieldReader();
  /** Position in a row that needs the shaper. */
  #rest = { from: 0, cell: 0 };
  readonly #rowRoom: number;
  /** Start of the current line, and the distance down to the next. */
  #x = 0;
  #dy = 0;

  constructor({ columns, size, lead }: PdfLayout, faces: Faces) {
    this.#faces = faces;
    this.#size = size;
    this.#lead = lead;
    this.#cells = textCells(columns, size);
    this.#advances = plainAdvances(faces);
    this.#latinAdvances = faces.widths.subarray(0, 0x100).map((width, unit) => (faces.owners[unit] === 0 ? width : 0));
    const narrowest = Math.min(...this.#advances.filter((advance) => advance > 0));
    const characters = this.#cells.reduce((sum, { limit }) => sum + limit / narrowest + 1, 0);
    this.#rowRoom = Math.ceil(characters) * 2 + columns.length * 32;
  }

  /** Starts the next page, at the position where `PageFrame` starts its text. */
  begin(): void {
    this.#x = 0;
    this.#dy = 0;
  }

  /**
   * Draws the row at `from`.
   * @returns the start of the next row, or NEEDS_SHAPER: load the shaper, then call `resumeRow`
   */
  addRow(rows: Buffer, from: number): number {
    this.operators.reserve(this.#rowRoom);
    this.#dy -= this.#lead;
    return this.#addCells(rows, from, 0);
  }

  /**
   * Draws the rest of a row that needed the shaper.
   * @returns the start of the next row
   */
  resumeRow(rows: Buffer): number {
    const { from, cell } = this.#rest;
    return this.#addCells(rows, from, cell);
  }

  #addCells(rows: Buffer, from: number, first: number): number {
    const cells = this.#cells;
    let i = from;
    for (let index = first; index < cells.length; index++) {
      const cell = cells[index];
      if (cell === undefined) break;
      const begin = rows[i];
      if (begin === TAB || begin === LF) {
        i += 1;
        continue;
      }
      if (begin === BACKSLASH && rows[i + 1] === NULL_MARK) {
        i += 3;
        continue;
      }
      let end = cell.kind === 'number' ? this.#number(rows, i, cell) : this.#plain(rows, i, cell);
      if (end < 0) end = this.#carefully(rows, i, cell);
      if (end === NEEDS_SHAPER) {
        this.#rest = { from: i, cell: index };
        return NEEDS_SHAPER;
      }
      i = end + 1;
    }
    return i;
  }

  /** @returns the end of the field, or -1 if it needs the slow path */
  #number(rows: Buffer, from: number, { right, limit, decimals }: TextCell): number {
    const advances = this.#advances;
    let width = 0;
    let end = from;
    for (let advance = advances[rows[end] ?? 0] ?? 0; advance > 0; advance = advances[rows[++end] ?? 0] ?? 0) {
      width += advance;
    }
    if (width > limit || (rows[end] !== TAB && rows[end] !== LF)) return -1;
    if (decimals !== 0 && rows[end - 1 - decimals] !== POINT) return -1;
    this.#moveTo(right - Math.round((width * this.#size) / 1000));
    const { operators } = this;
    const { bytes } = operators;
    let { at } = operators;
    bytes[at++] = OPEN;
    for (let i = from; i < end; i++) bytes[at++] = rows[i] ?? 0;
    operators.at = endString(bytes, at);
    return end;
  }

  /** @returns the end of the field, or -1 if it needs the slow path */
  #plain(rows: Buffer, from: number, { kind, left, limit }: TextCell): number {
    if (kind === 'flag') return -1;
    const { operators } = this;
    const advances = this.#advances;
    const latinAdvances = this.#latinAdvances;
    const { bytes } = operators;
    const start = operators.at;
    const x = this.#x;
    const dy = this.#dy;
    this.#moveTo(left);
    let { at } = operators;
    bytes[at++] = OPEN;
    let width = 0;
    let i = from;
    const stop = kind === 'moment' && rows[from + SECONDS - 3] === COLON ? from + SECONDS : Infinity;
    for (; i < stop; i++) {
      const byte = rows[i] ?? LF;
      const advance = advances[byte] ?? 0;
      if (advance === 0) {
        if (byte !== LATIN) break;
        const unit = 0xc0 | ((rows[i + 1] ?? 0) & 0x3f);
        const latin = latinAdvances[unit] ?? 0;
        width += latin;
        if (latin === 0 || width > limit) break;
        this.used.add(unit);
        bytes[at++] = unit;
        i += 1;
        continue;
      }
      width += advance;
      if (width > limit) break;
      bytes[at++] = byte;
    }
    if (i === stop) while (rows[i] !== TAB && rows[i] !== LF) i++;
    const isWhole = width <= limit && (rows[i] === TAB || rows[i] === LF);
    if (!isWhole || (kind === 'moment' && (i < stop || rows[i - 1] === LETTER_C))) {
      operators.at = start;
      this.#x = x;
      this.#dy = dy;
      return -1;
    }
    if (kind === 'padded') while (bytes[at - 1] === SPACE) at--;
    operators.at = endString(bytes, at);
    return i;
  }

  /**
   * The slow path, for any characters: clips text that is too long and scales everything else down.
   * @returns the end of the field, or NEEDS_SHAPER
   */
  #carefully(rows: Buffer, from: number, { kind, number, left, right, limit }: TextCell): number {
    const field = this.#field;
    const mayBeCut = kind === 'text' || kind === 'padded';
    const end = field.read(rows, from, mayBeCut ? LONGEST_TEXT : Infinity);
    if (kind === 'moment' || kind === 'flag' || number !== null) field.load(shownText(field.text(), kind, number));
    if (kind === 'padded' && !field.isCut) while (field.points[field.count - 1] === SPACE) field.count--;
    const { width: whole, isComplex } = measureField(field, this.#faces);
    if (isComplex) return this.#shape(left, mayBeCut ? limit : Infinity) ? end : NEEDS_SHAPER;
    const fits = whole <= limit && !field.isCut;
    if (!fits && mayBeCut) this.clipped += 1;
    const width = fits || !mayBeCut ? whole : cutField(field, this.#faces, limit);
    this.#note(field.points, field.count);
    const scale = fits || mayBeCut ? 1 : limit / width;
    this.#moveTo(kind === 'number' ? right - Math.round((width * scale * this.#size) / 1000) : left);
    if (scale < 1) showScaled(this.operators, this.#faces, field, this.#size, scale);
    else this.operators.show(this.#faces, field.points, field.count, this.#size);
    this.operators.ascii('\n').reserve(this.#rowRoom);
    return end;
  }

  /** Draws the field if the shaper is loaded. */
  #shape(left: number, limit: number): boolean {
    const { points, count, isCut } = this.#field;
    let fitted;
    try {
      fitted = fitLine(this.#faces, [...points.subarray(0, count)], limit, isCut);
    } catch (error) {
      if (error instanceof ShaperNeeded) return false;
      throw error;
    }
    if (fitted.isCut) this.clipped += 1;
    for (const run of fitted.line.runs) {
      if (run.kind === 'plain') this.#note(run.points, run.points.length);
      else this.glyphs.addRun(run);
    }
    this.#moveTo(left);
    showRuns(this.operators, this.#faces, fitted.line.runs, this.#size);
    this.operators.ascii('\n').reserve(this.#rowRoom);
    return true;
  }

  /** Records the characters for the fonts at the end of the file. */
  #note(points: Uint32Array, count: number): void {
    for (let index = 0; index < count; index++) {
      const point = points[index] ?? 0;
      this.used.add(point);
      if (this.#faces.ownerOf(point) === NONE) this.missing += 1;
    }
  }

  #moveTo(x: number): void {
    this.operators.move(x - this.#x, this.#dy);
    this.#x = x;
    this.#dy = 0;
  }
}
