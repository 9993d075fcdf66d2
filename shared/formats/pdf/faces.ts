import type { Face, LazyFace } from './face.js';
import type { Shaper } from './shaping/shaper.js';

/**
 * Several fonts as one: a character is drawn with the first font that has it. If none has it, the first font, which
 * must have U+FFFD, draws that, and searching and copying still find the character. Lazy fonts come last; each is
 * opened when a character of its ranges is first looked up. Which font draws a character never depends on which fonts
 * are open.
 */

/** Instead of a font's number: no font has the character. */
export const NONE = 255;
/** Instead of a font's number: a lazy font may have the character; ask `ownerOf`. */
export const PENDING = 254;
/** The width of a pending character. */
const UNKNOWN_WIDTH = 0xffff;

export const REPLACEMENT = 0xfffd;
const BMP = 0x10000;

/** Joiners, selectors and direction marks, which are invisible. */
const IGNORABLE = /^\p{Default_Ignorable_Code_Point}$/u;
export const isIgnorable = (codePoint: number): boolean => IGNORABLE.test(String.fromCodePoint(codePoint));

interface Drawn {
  readonly owner: number;
  readonly width: number;
}

export class Faces {
  readonly faces: readonly Face[];
  /** Widths of the basic plane's characters, in 1/1000 em; for pending ones, call `widthOf`. */
  readonly widths = new Uint16Array(BMP);
  /** Number of the font that draws a character of the basic plane, {@link NONE} or {@link PENDING}. */
  readonly owners = new Uint8Array(BMP).fill(NONE);
  /** The same for all other characters that a font has. */
  readonly #beyond = new Map<number, Drawn>();
  readonly #missing: number;

  constructor(
    eager: readonly Face[],
    readonly lazy: readonly LazyFace[],
    readonly shaper: Shaper,
  ) {
    this.faces = [...eager, ...lazy];
    for (const [owner, { typeface }] of [...eager.entries()].reverse()) {
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
    for (const [first, last] of lazy.flatMap(({ ranges }) => ranges)) {
      for (let unit = first; unit <= last && unit < BMP; unit++) {
        if (this.owners[unit] !== NONE) continue;
        this.owners[unit] = PENDING;
        this.widths[unit] = UNKNOWN_WIDTH;
      }
    }
  }

  widthOf(codePoint: number): number {
    if (codePoint >= BMP) return this.#farther(codePoint).width;
    const width = this.widths[codePoint] ?? 0;
    return width === UNKNOWN_WIDTH ? this.#resolve(codePoint).width : width;
  }

  /** The number of the font that draws it, or {@link NONE}. */
  ownerOf(codePoint: number): number {
    if (codePoint >= BMP) return this.#farther(codePoint).owner;
    const owner = this.owners[codePoint] ?? NONE;
    return owner === PENDING ? this.#resolve(codePoint).owner : owner;
  }

  #resolve(codePoint: number): Drawn {
    const drawn = this.#findLazy(codePoint);
    this.owners[codePoint] = drawn.owner;
    this.widths[codePoint] = drawn.width;
    return drawn;
  }

  /** Looks up a character outside the basic plane. */
  #farther(codePoint: number): Drawn {
    const known = this.#beyond.get(codePoint);
    if (known !== undefined) return known;
    const drawn = isIgnorable(codePoint) ? { owner: 0, width: 0 } : this.#findLazy(codePoint);
    this.#beyond.set(codePoint, drawn);
    return drawn;
  }

  #findLazy(codePoint: number): Drawn {
    const index = this.lazy.findIndex((face) => face.has(codePoint));
    const face = this.lazy[index];
    if (face === undefined) return { owner: NONE, width: this.#missing };
    return { owner: this.faces.length - this.lazy.length + index, width: face.typeface.advanceOf(codePoint) };
  }
}
