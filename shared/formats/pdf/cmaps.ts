import { NARROW } from './codes.js';

/** CMaps of fonts: the character that a code on a page stands for (PDF 1.7, 9.7.5 and 9.10.3). */

const hex = (number: number, digits: number): string => number.toString(16).toUpperCase().padStart(digits, '0');

/** Text as UTF-16, in hexadecimal digits. */
export const utf16 = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase();

/** Codes have two bytes; a range must not span several first bytes. */
export function wideToUnicode(plane: number, codes: Iterable<number>): string {
  const firstBytes = [...new Set([...codes].map((code) => code >> 8))].sort((a, b) => a - b);
  const lines = firstBytes.map((byte) => {
    const first = byte << 8;
    return `<${hex(first, 4)}> <${hex(first + 0xff, 4)}> <${utf16(String.fromCodePoint((plane << 16) + first))}>`;
  });
  return cmap(`Plane${plane}-Unicode`, 'UCS', inHundreds('bfrange', lines), '<0000> <FFFF>');
}

/** The text of glyphs, by glyph number. */
export function glyphsToUnicode(texts: readonly (readonly [glyph: number, text: string])[]): string {
  const lines = texts.map(([glyph, text]) => `<${hex(glyph, 4)}> <${utf16(text)}>`);
  return cmap('Shaped-Unicode', 'UCS', inHundreds('bfchar', lines), '<0000> <FFFF>');
}

export const narrowCodes = (): string => cmap('Narrow', 'Identity', narrowLines('cid'));
export const narrowToUnicode = (): string => cmap('Narrow-Unicode', 'UCS', narrowLines('bf'));

/** The character of each byte of a narrow font: by its number, or as Unicode. */
function narrowLines(kind: 'cid' | 'bf'): string {
  const lines: string[] = [];
  for (const [byte, unit] of NARROW.entries()) {
    if (unit === 0) continue;
    const code = `<${hex(byte, 2)}>`;
    lines.push(kind === 'cid' ? `${code} ${unit}` : `${code} <${hex(unit, 4)}>`);
  }
  return inHundreds(`${kind}char`, lines);
}

/** An operator takes at most 100 lines. */
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
