import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

/**
 * A TrueType font: its characters, their widths, and subsets for embedding. Read by fontkit, which is loaded with the
 * first font, so that processes that write no PDF never load it.
 */
export interface Typeface {
  /** PostScript name. */
  readonly name: string;
  /** Equal for equal files. */
  readonly identity: string;
  /** Characters that have a glyph. */
  readonly codePoints: readonly number[];
  has(codePoint: number): boolean;
  readonly bytes: Buffer;
  /** The glyph that draws the character alone. */
  glyphOf(codePoint: number): number;
  /** Width in 1/1000 em, like all widths here. */
  advanceOf(codePoint: number): number;
  glyphAdvance(glyph: number): number;
  readonly bounds: readonly [left: number, bottom: number, right: number, top: number];
  readonly ascent: number;
  readonly descent: number;
  readonly capHeight: number;
  readonly italicAngle: number;
  /** A subset with these glyphs and the glyphs of these characters, which the font must have. */
  subset(codePoints: readonly number[], glyphs: readonly number[]): FontSubset;
}

export interface FontSubset {
  readonly file: Buffer;
  /** Glyph numbers in the subset, by character and by glyph number in the full font. */
  readonly ofCharacters: ReadonlyMap<number, number>;
  readonly ofGlyphs: ReadonlyMap<number, number>;
}

/** Thrown if the font file is unusable; the message is the end of a sentence. */
export class TypefaceError extends Error {
  override readonly name = 'TypefaceError';
}

const require = createRequire(import.meta.url);

/** The part of fontkit that is used; it has no types of its own. */
interface Fontkit {
  create(bytes: Buffer): FontkitFont;
}
interface FontkitFont {
  readonly postscriptName: string;
  readonly unitsPerEm: number;
  readonly ascent: number;
  readonly descent: number;
  readonly capHeight: number;
  readonly italicAngle: number;
  readonly bbox: { readonly minX: number; readonly minY: number; readonly maxX: number; readonly maxY: number };
  readonly characterSet: number[];
  hasGlyphForCodePoint(codePoint: number): boolean;
  glyphForCodePoint(codePoint: number): FontkitGlyph;
  getGlyph(id: number): FontkitGlyph;
  createSubset(): { includeGlyph(glyph: FontkitGlyph): number; encode(): Uint8Array };
}
interface FontkitGlyph {
  readonly id: number;
  readonly advanceWidth: number;
}

const NEEDED = ['cmap', 'glyf', 'head', 'hhea', 'hmtx', 'loca', 'maxp'];

/**
 * Table names of an sfnt file.
 * https://learn.microsoft.com/typography/opentype/spec/otff
 */
function tablesOf(bytes: Buffer): string[] {
  const [HEADER, ENTRY] = [12, 16];
  const count = bytes.length < HEADER ? 0 : bytes.readUInt16BE(4);
  if (bytes.length < HEADER + count * ENTRY) throw new TypefaceError('is truncated');
  return Array.from({ length: count }, (_, index) => {
    const at = HEADER + index * ENTRY;
    if (bytes.readUInt32BE(at + 8) + bytes.readUInt32BE(at + 12) > bytes.length) {
      throw new TypefaceError('is truncated');
    }
    return bytes.toString('latin1', at, at + 4);
  });
}

const MAGIC: Readonly<Record<string, string | null>> = {
  '\0\x01\0\0': null,
  true: null,
  OTTO: 'has PostScript outlines; only TrueType outlines (glyf) are supported',
  ttcf: 'is a font collection; only files with a single font are supported',
};

/** @throws TypefaceError if it is not a TrueType font with glyf outlines */
export function openTypeface(bytes: Buffer): Typeface {
  const problem = MAGIC[bytes.toString('latin1', 0, 4)];
  if (problem === undefined) throw new TypefaceError('is not a font file (.ttf, or .otf with TrueType outlines)');
  if (problem !== null) throw new TypefaceError(problem);
  const tables = tablesOf(bytes);
  const lacking = NEEDED.find((table) => !tables.includes(table));
  if (lacking !== undefined) throw new TypefaceError(`is a font without the required table ${lacking}`);

  const fontkit = require('fontkit') as Fontkit;
  const font = fontkit.create(bytes);
  const scaled = (units: number): number => Math.round((units * 1000) / font.unitsPerEm);
  const { minX, minY, maxX, maxY } = font.bbox;
  return {
    name: font.postscriptName,
    identity: createHash('sha256').update(bytes).digest('hex').slice(0, 16),
    get codePoints() {
      return font.characterSet;
    },
    has: (codePoint) => font.hasGlyphForCodePoint(codePoint),
    bytes,
    glyphOf: (codePoint) => font.glyphForCodePoint(codePoint).id,
    glyphAdvance: (glyph) => scaled(font.getGlyph(glyph).advanceWidth),
    advanceOf: (codePoint) => scaled(font.glyphForCodePoint(codePoint).advanceWidth),
    bounds: [scaled(minX), scaled(minY), scaled(maxX), scaled(maxY)],
    ascent: scaled(font.ascent),
    descent: scaled(font.descent),
    capHeight: scaled(font.capHeight || font.ascent),
    italicAngle: font.italicAngle,
    subset(codePoints, glyphs) {
      const subset = font.createSubset();
      const include = (glyph: FontkitGlyph): number => subset.includeGlyph(glyph);
      const ofCharacters = new Map(codePoints.map((point) => [point, include(font.glyphForCodePoint(point))]));
      const ofGlyphs = new Map(glyphs.map((glyph) => [glyph, include(font.getGlyph(glyph))]));
      return { file: Buffer.from(subset.encode()), ofCharacters, ofGlyphs };
    },
  };
}
