import type { Typeface } from './typeface.js';

/**
 * Several fonts as one: a character is drawn by the first that has it. What none has is drawn as U+FFFD by the first,
 * which must have that, and is still itself when it is searched for or copied.
 */

/** Instead of a font's number: none has it. */
export const NONE = 255;

export const REPLACEMENT = 0xfffd;
const BMP = 0x10000;

/** Joiners, selectors, marks of direction: they have no shape of their own. */
const IGNORABLE = /^\p{Default_Ignorable_Code_Point}$/u;
const isIgnorable = (codePoint: number): boolean => IGNORABLE.test(String.fromCodePoint(codePoint));

/** A font and what pages call it; see codes.ts. */
export interface Face {
  readonly id: string;
  readonly typeface: Typeface;
  has(codePoint: number): boolean;
}

export function createFace(id: string, typeface: Typeface): Face {
  const characters = new Set(typeface.codePoints);
  return { id, typeface, has: (codePoint) => characters.has(codePoint) };
}

export class Faces {
  /** Of characters of the basic plane, in 1/1000 em. */
  readonly widths = new Uint16Array(BMP);
  /** Number of the font that draws a character of the basic plane, or {@link NONE}. */
  readonly owners = new Uint8Array(BMP).fill(NONE);
  /** The same for all others, those that have any. */
  readonly #beyond = new Map<number, { width: number; owner: number }>();
  readonly #missing: number;

  constructor(readonly faces: readonly Face[]) {
    for (const [owner, { typeface }] of [...faces.entries()].reverse()) {
      for (const codePoint of typeface.codePoints) {
        const width = typeface.advanceOf(codePoint);
        if (codePoint >= BMP) this.#beyond.set(codePoint, { width, owner });
        else {
          this.widths[codePoint] = width;
          this.owners[codePoint] = owner;
        }
      }
    }
    this.#missing = this.widths[REPLACEMENT] ?? 0;
    for (let unit = 0; unit < BMP; unit++) {
      if (this.owners[unit] !== NONE) continue;
      if (isIgnorable(unit)) this.owners[unit] = 0;
      else this.widths[unit] = this.#missing;
    }
  }

  widthOf(codePoint: number): number {
    if (codePoint < BMP) return this.widths[codePoint] ?? 0;
    return this.#beyond.get(codePoint)?.width ?? (isIgnorable(codePoint) ? 0 : this.#missing);
  }

  /** The number of the font that draws it, or {@link NONE}. */
  ownerOf(codePoint: number): number {
    if (codePoint < BMP) return this.owners[codePoint] ?? NONE;
    return this.#beyond.get(codePoint)?.owner ?? (isIgnorable(codePoint) ? 0 : NONE);
  }

  /** Width of a text in 1/1000 em. */
  measure(text: string): number {
    let width = 0;
    for (const character of text) width += this.widthOf(character.codePointAt(0) ?? 0);
    return width;
  }

  /** The text, or as much of its beginning as fits with an ellipsis. @param width in 1/1000 em */
  clip(text: string, width: number): string {
    if (this.measure(text) <= width) return text;
    const characters = Array.from(text);
    while (characters.length > 0 && this.measure(`${characters.join('')}…`) > width) characters.pop();
    return `${characters.join('').trimEnd()}…`;
  }

  /** Lines that fit, broken between words; the last has an ellipsis where there is more. @param width in 1/1000 em */
  wrap(text: string, width: number, lines: number): string[] {
    const done: string[] = [];
    let line = '';
    const words = text.split(' ');
    for (const [index, word] of words.entries()) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line === '' || this.measure(longer) <= width) line = longer;
      else if (done.length + 1 === lines) return [...done, this.clip(`${line} ${words.slice(index).join(' ')}`, width)];
      else {
        done.push(this.clip(line, width));
        line = word;
      }
    }
    return [...done, this.clip(line, width)];
  }
}
