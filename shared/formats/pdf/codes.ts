/**
 * How strings on a page encode characters. Each font has several names, with one or two bytes per character: `/N0` has
 * one byte (Windows-1252, so that most text takes half the space and a third of the time), `/W0` two, the UTF-16 code
 * unit. Characters beyond the basic plane use a font per plane, `/W0P1`, with their lower 16 bits. `/G0` has shaped
 * text: two bytes are a glyph number. So a segment only needs the widths of characters; the end of the file embeds what
 * was used.
 */

/** Bytes 0x80 to 0x9f of Windows-1252; 0 where it has no character. */
const HIGH = [
  ...[0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17d, 0],
  ...[0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0, 0x17e, 0x178],
];

/** The character of each byte; 0 if there is none. */
export const NARROW: readonly number[] = Array.from({ length: 256 }, (_, byte) => {
  if (byte < 0x20 || byte === 0x7f) return 0;
  return byte >= 0x80 && byte < 0xa0 ? (HIGH[byte - 0x80] ?? 0) : byte;
});

/** The byte of each code unit; 0 if there is none. */
export const NARROW_BYTE: Uint8Array = new Uint8Array(0x10000);
for (const [byte, unit] of NARROW.entries()) if (unit !== 0) NARROW_BYTE[unit] = byte;

export const ELLIPSIS = 0x2026;

export const narrowName = (font: string): string => `N${font}`;
export const wideName = (font: string, plane: number): string => (plane === 0 ? `W${font}` : `W${font}P${plane}`);

/** A font that draws nothing, for UTF-16 code units without width: the letters of a ligature after the first. */
export const INVISIBLE = 'I';

/** Glyphs of shaped text, by their numbers in the full font. */
export const shapedName = (font: string): string => `G${font}`;

/**
 * Alphabets are recorded in blocks of 32 characters, which keeps a segment's record short. From here on, scripts use a
 * few of thousands of characters, so each is recorded separately and only those are embedded.
 */
const EXACT_FROM = 0x900;
const BLOCK_BITS = 5;
const BLOCK = 1 << BLOCK_BITS;

/** The characters that were used, including their neighbors in alphabets. */
export class UsedCharacters {
  readonly #blocks = new Uint8Array(EXACT_FROM >> BLOCK_BITS);
  /** Created on first use, because it takes a megabyte. */
  #exact: Uint8Array | undefined;

  add(codePoint: number): void {
    if (codePoint < EXACT_FROM) this.#blocks[codePoint >> BLOCK_BITS] = 1;
    else this.#addExact(codePoint);
  }

  #addExact(codePoint: number): void {
    (this.#exact ??= new Uint8Array(0x110000))[codePoint] = 1;
  }

  addAll(codePoints: Iterable<number>): void {
    for (const codePoint of codePoints) this.add(codePoint);
  }

  /** In order. */
  codePoints(): number[] {
    const near = indexesOf(this.#blocks).flatMap((block) =>
      Array.from({ length: BLOCK }, (_, at) => block * BLOCK + at),
    );
    return this.#exact === undefined ? near : near.concat(indexesOf(this.#exact));
  }
}

/** The indexes of the flags that are 1. */
function indexesOf(flags: Uint8Array): number[] {
  const indexes: number[] = [];
  for (let at = flags.indexOf(1); at >= 0; at = flags.indexOf(1, at + 1)) indexes.push(at);
  return indexes;
}

export const codePointsOf = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0);
