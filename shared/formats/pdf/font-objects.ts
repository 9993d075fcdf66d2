import { createHash } from 'node:crypto';
import type { PDFRef } from 'pdf-lib';
import { NARROW, narrowName, wideName } from './codes.js';
import { NONE, REPLACEMENT, type Face, type Faces } from './faces.js';
import type { ObjectFile } from './objects.js';
import { pdfLib } from './pdf-lib.js';

/** Fonts as pages know them: see codes.ts. */

/** What a font has to draw: its own character for each, or what stands in for one. */
interface Drawn {
  readonly face: Face;
  /** Only the first of several fonts is written with one byte a character. */
  readonly isFirst: boolean;
  readonly characters: Map<number, { readonly draws: number; readonly width: number }>;
}

const SPACE = 0x20;

/** @param used characters by the fonts that they were written with */
export function drawnBy(used: readonly (readonly [Faces, readonly number[]])[]): Drawn[] {
  const byId = new Map<string, Drawn>();
  for (const [faces, characters] of used) {
    for (const character of characters) {
      const owner = faces.ownerOf(character);
      const face = faces.faces[owner === NONE ? 0 : owner];
      if (face === undefined) continue;
      const drawn = byId.get(face.id) ?? { face, isFirst: face === faces.faces[0], characters: new Map() };
      byId.set(face.id, drawn);
      const draws = owner === NONE ? REPLACEMENT : face.has(character) ? character : SPACE;
      drawn.characters.set(character, { draws, width: faces.widthOf(character) });
    }
  }
  return [...byId.values()];
}

/** @returns the fonts by the names that pages call them */
export function putFonts(file: ObjectFile, fonts: readonly Drawn[]): Record<string, PDFRef> {
  return Object.assign({}, ...fonts.map((drawn) => putFont(file, drawn))) as Record<string, PDFRef>;
}

function putFont(file: ObjectFile, { face: { id, typeface }, isFirst, characters }: Drawn): Record<string, PDFRef> {
  const { file: bytes, glyphs } = typeface.subset([...new Set([...characters.values()].map(({ draws }) => draws))]);
  // A part of a font has a name of its own, which begins with six letters.
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
  const planes = new Set([...characters.keys()].map((character) => character >> 16));
  return Object.assign(
    {},
    ...[...planes].map((plane) => {
      const codes = new Map(
        [...characters]
          .filter(([character]) => character >> 16 === plane)
          .map(([character, { draws, width }]) => [character & 0xffff, { glyph: glyphs.get(draws) ?? 0, width }]),
      );
      const cidFont = file.add({
        ...{ Type: 'Font', Subtype: 'CIDFontType2', BaseFont, FontDescriptor: descriptor },
        CIDSystemInfo: systemInfo('Identity'),
        W: widthsOf(codes),
        CIDToGIDMap: file.add(file.stream(glyphMap(codes))),
      });
      const type0 = (Encoding: string | PDFRef, toUnicode: string): PDFRef =>
        file.add({
          ...{ Type: 'Font', Subtype: 'Type0', BaseFont, Encoding, DescendantFonts: [cidFont] },
          ToUnicode: file.add(file.stream(Buffer.from(toUnicode))),
        });
      const wide = { [wideName(id, plane)]: type0('Identity-H', wideToUnicode(plane, codes)) };
      if (plane > 0 || !isFirst) return wide;
      const narrowCodes = file.add(
        file.stream(Buffer.from(cmap('Narrow', 'Identity', narrowLines('cid'))), {
          ...{ Type: 'CMap', CMapName: 'Narrow', CIDSystemInfo: systemInfo('Identity') },
        }),
      );
      return { ...wide, [narrowName(id)]: type0(narrowCodes, cmap('Narrow-Unicode', 'UCS', narrowLines('bf'))) };
    }),
  ) as Record<string, PDFRef>;
}

/** Its characters are none of the standard ones (PDF 1.7, table 123). */
const SYMBOLIC = 4;
/** Nothing in a TrueType font says how wide stems are; readers use it only for a font that they must replace. */
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

const hex = (number: number, digits: number): string => number.toString(16).toUpperCase().padStart(digits, '0');

/** A character as UTF-16. */
const utf16 = (codePoint: number): string =>
  Buffer.from(String.fromCodePoint(codePoint), 'utf16le').swap16().toString('hex').toUpperCase();

/** Two bytes a code: a range may not go beyond one first byte. */
function wideToUnicode(plane: number, codes: Codes): string {
  const firstBytes = [...new Set([...codes.keys()].map((code) => code >> 8))].sort((a, b) => a - b);
  const lines = firstBytes.map((byte) => {
    const first = byte << 8;
    return `<${hex(first, 4)}> <${hex(first + 0xff, 4)}> <${utf16((plane << 16) + first)}>`;
  });
  return cmap(`Plane${plane}-Unicode`, 'UCS', inHundreds('bfrange', lines), '<0000> <FFFF>');
}

/** Which character each byte of a narrow font is: by its number, or as Unicode. */
function narrowLines(kind: 'cid' | 'bf'): string {
  const lines: string[] = [];
  for (const [byte, unit] of NARROW.entries()) {
    if (unit === 0) continue;
    const code = `<${hex(byte, 2)}>`;
    lines.push(kind === 'cid' ? `${code} ${unit}` : `${code} <${hex(unit, 4)}>`);
  }
  return inHundreds(`${kind}char`, lines);
}

/** No more than a hundred lines may be together. */
function inHundreds(operator: string, lines: readonly string[]): string {
  const blocks: string[] = [];
  for (let at = 0; at < lines.length; at += 100) {
    const some = lines.slice(at, at + 100);
    blocks.push(`${some.length} begin${operator}\n${some.join('\n')}\nend${operator}`);
  }
  return blocks.join('\n');
}

const cmap = (
  name: string,
  ordering: string,
  mapping: string,
  codes = '<00> <FF>',
): string => `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo 3 dict dup begin /Registry (Adobe) def /Ordering (${ordering}) def /Supplement 0 def end def
/CMapName /${name} def
/CMapType ${ordering === 'UCS' ? 2 : 1} def
1 begincodespacerange
${codes}
endcodespacerange
${mapping}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
`;
