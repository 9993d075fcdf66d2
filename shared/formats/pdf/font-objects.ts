import { createHash } from 'node:crypto';
import type { PDFRef } from 'pdf-lib';
import { glyphsToUnicode, narrowCodes, narrowToUnicode, wideToUnicode } from './cmaps.js';
import { INVISIBLE, narrowName, shapedName, wideName } from './codes.js';
import type { Face } from './face.js';
import { NONE, REPLACEMENT, type Faces } from './faces.js';
import type { ObjectFile } from './objects.js';
import { pdfLib } from './pdf-lib.js';
import { glyphTexts } from './shaping/glyph-text.js';
import type { UsedGlyphs } from './shaping/used-glyphs.js';

/** Font objects as pages refer to them: see codes.ts. */

/** The characters and glyphs that a font has to draw. */
interface Drawn {
  readonly face: Face;
  /** Only the first font of a list is written with one byte per character. */
  readonly isFirst: boolean;
  /** The character that is drawn for each: itself, or its replacement. */
  readonly characters: Map<number, { readonly draws: number; readonly width: number }>;
  /** Glyphs of shaped runs. */
  readonly glyphs: readonly number[];
  /** Characters that are copied but not drawn. */
  readonly invisible: readonly number[];
}

const SPACE = 0x20;

/** @param used characters, by the fonts they were written with */
export function drawnBy(used: readonly (readonly [Faces, readonly number[]])[], glyphs: UsedGlyphs): Drawn[] {
  const shaped = new Map(glyphs.entries());
  const byId = new Map<string, Drawn>();
  const drawnOf = (faces: Faces, face: Face): Drawn => {
    const drawn = byId.get(face.id) ?? {
      ...{ face, isFirst: face === faces.faces[0], characters: new Map() },
      glyphs: shaped.get(face.id) ?? [],
      invisible: byId.size === 0 ? (shaped.get(INVISIBLE) ?? []) : [],
    };
    byId.set(face.id, drawn);
    return drawn;
  };
  for (const [faces, characters] of used) {
    for (const face of faces.faces) if (shaped.has(face.id)) drawnOf(faces, face);
    for (const character of characters) {
      const owner = faces.ownerOf(character);
      const face = faces.faces[owner === NONE ? 0 : owner];
      if (face === undefined) continue;
      const draws = owner === NONE ? REPLACEMENT : face.has(character) ? character : SPACE;
      drawnOf(faces, face).characters.set(character, { draws, width: faces.widthOf(character) });
    }
  }
  return [...byId.values()];
}

/** @returns the fonts, by their names on pages */
export function putFonts(file: ObjectFile, fonts: readonly Drawn[]): Record<string, PDFRef> {
  return Object.fromEntries(fonts.flatMap((drawn) => putFont(file, drawn)));
}

function putFont(file: ObjectFile, drawing: Drawn): [string, PDFRef][] {
  const { face, isFirst, characters, glyphs, invisible } = drawing;
  const { id, typeface } = face;
  const drawn = [...new Set([...characters.values()].map(({ draws }) => draws))];
  const { file: bytes, ofCharacters, ofGlyphs } = typeface.subset(drawn, glyphs);
  const putType0 = createType0(file, typeface, bytes);
  const planes = [...new Set([...characters.keys()].map((character) => character >> 16))];
  const wide = planes.flatMap((plane): [string, PDFRef][] => {
    const codes = new Map(
      [...characters]
        .filter(([character]) => character >> 16 === plane)
        .map(([character, { draws, width }]) => [character & 0xffff, { glyph: ofCharacters.get(draws) ?? 0, width }]),
    );
    const type0 = putType0(codes);
    const wideFont = type0('Identity-H', wideToUnicode(plane, codes.keys()));
    if (plane > 0 || !isFirst) return [[wideName(id, plane), wideFont]];
    const encoding = file.stream(Buffer.from(narrowCodes()), {
      ...{ Type: 'CMap', CMapName: 'Narrow', CIDSystemInfo: systemInfo('Identity') },
    });
    const narrowFont = type0(file.add(encoding), narrowToUnicode());
    return [
      [wideName(id, plane), wideFont],
      [narrowName(id), narrowFont],
    ];
  });
  const said = (texts: readonly (readonly [code: number, text: string])[], codes: Codes): PDFRef =>
    putType0(codes)('Identity-H', glyphsToUnicode(texts));
  if (invisible.length > 0) {
    const texts = invisible.map((point) => [point, String.fromCodePoint(point)] as const);
    wide.push([INVISIBLE, said(texts, new Map(invisible.map((point) => [point, { glyph: 0, width: 0 }])))]);
  }
  if (glyphs.length === 0) return wide;
  const codes = new Map([...ofGlyphs].map(([whole, glyph]) => [whole, { glyph, width: typeface.glyphAdvance(whole) }]));
  const texts = glyphTexts(face);
  const own = glyphs.flatMap((glyph) => {
    const text = texts.get(glyph);
    return text === undefined ? [] : [[glyph, text] as const];
  });
  return [...wide, [shapedName(id), said(own, codes)]];
}

type PutType0 = (codes: Codes) => (encoding: string | PDFRef, toUnicode: string) => PDFRef;

/** Creates font objects that share one font file but differ in their codes. */
function createType0(file: ObjectFile, typeface: Face['typeface'], bytes: Buffer): PutType0 {
  // PDF requires the name of a font subset to start with a tag of six letters.
  const tag = [...createHash('sha256').update(bytes).digest().subarray(0, 6)].map((byte) =>
    String.fromCharCode(65 + (byte % 26)),
  );
  const BaseFont = `${tag.join('')}+${typeface.name}`;
  const descriptor = file.add({
    ...{ Type: 'FontDescriptor', FontName: BaseFont, Flags: SYMBOLIC, FontBBox: typeface.bounds },
    ...{ ItalicAngle: typeface.italicAngle, Ascent: typeface.ascent, Descent: typeface.descent },
    ...{ CapHeight: typeface.capHeight, StemV: USUAL_STEM },
    FontFile2: file.add(file.stream(bytes, { Length1: bytes.length })),
  });
  return (codes) => {
    const cidFont = file.add({
      ...{ Type: 'Font', Subtype: 'CIDFontType2', BaseFont, FontDescriptor: descriptor },
      CIDSystemInfo: systemInfo('Identity'),
      W: widthsOf(codes),
      CIDToGIDMap: file.add(file.stream(glyphMap(codes))),
    });
    return (Encoding, toUnicode) =>
      file.add({
        ...{ Type: 'Font', Subtype: 'Type0', BaseFont, Encoding, DescendantFonts: [cidFont] },
        ToUnicode: file.add(file.stream(Buffer.from(toUnicode))),
      });
  };
}

/** The font has characters outside the standard Latin set (PDF 1.7, table 123). */
const SYMBOLIC = 4;
/** TrueType fonts don't contain a stem width; readers use it only if they have to substitute the font. */
const USUAL_STEM = 80;

const systemInfo = (ordering: string) => {
  const { PDFString } = pdfLib();
  return { Registry: PDFString.of('Adobe'), Ordering: PDFString.of(ordering), Supplement: 0 };
};

type Codes = ReadonlyMap<number, { readonly glyph: number; readonly width: number }>;

/** `[first [width width …] first [width …]]` */
function widthsOf(codes: Codes): (number | number[])[] {
  const list: (number | number[])[] = [];
  let run: number[] = [];
  let expected = -1;
  for (const [code, { width }] of [...codes].sort(([a], [b]) => a - b)) {
    if (code !== expected) list.push(code, (run = []));
    run.push(width);
    expected = code + 1;
  }
  return list;
}

function glyphMap(codes: Codes): Buffer {
  const map = Buffer.alloc((Math.max(...codes.keys()) + 1) * 2);
  for (const [code, { glyph }] of codes) map.writeUInt16BE(glyph, code * 2);
  return map;
}
