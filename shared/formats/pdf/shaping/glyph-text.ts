import type { Face } from '../face.js';
import { scriptClassOf } from './script-classes.js';
import type { Cluster, ShapedGlyph } from './shaper.js';

/**
 * What shaped text says to whoever copies it. A glyph says the character that it draws alone: that follows from the font,
 * so segments need not agree on it. What a cluster says beyond that goes with it: as ActualText, and in text from right to
 * left, which readers turn around character by character, as one character for each glyph and invisible ones.
 */
export type Spelled =
  | { readonly glyphs: readonly ShapedGlyph[]; readonly actualText?: string }
  /** A character without a glyph: the second of a ligature. */
  | { readonly invisible: string };

const known = new WeakMap<Face['typeface'], ReadonlyMap<number, string>>();

/** What text from right to left takes along beside letters: digits, brackets, blanks. */
const isCommon = (point: number): boolean => point < 0x250 || (point >= 0x2000 && point < 0x2070);
/** Forms of Arabic and Hebrew letters for old encodings begin here; each means one letter or several. */
const FORMS = 0xfb1d;

/** By glyph. */
export function glyphTexts({ typeface }: Face): ReadonlyMap<number, string> {
  let texts = known.get(typeface);
  if (texts === undefined) known.set(typeface, (texts = readTexts(typeface)));
  return texts;
}

function readTexts(typeface: Face['typeface']): Map<number, string> {
  const texts = new Map<number, string>();
  const points = typeface.codePoints.filter((point) => isCommon(point) || scriptClassOf(point) !== 0);
  for (const point of points.sort((a, b) => a - b)) {
    const glyph = typeface.glyphOf(point);
    const text = String.fromCodePoint(point);
    const [first = text] = point < FORMS ? text : text.normalize('NFKC').trim();
    if (glyph !== 0 && !texts.has(glyph)) texts.set(glyph, first);
  }
  return texts;
}

/** @returns a cluster from left to right */
export function spell(face: Face, cluster: Cluster, isRightToLeft: boolean, text: string): Spelled[] {
  const texts = glyphTexts(face);
  return isRightToLeft ? spellBackwards(texts, cluster, text) : spellForwards(texts, cluster, text);
}

/** What glyphs at both ends say themselves is left to them. */
function spellForwards(texts: ReadonlyMap<number, string>, { glyphs }: Cluster, text: string): Spelled[] {
  const said = glyphs.map(({ id }) => texts.get(id) ?? '');
  if (said.join('') === text) return [{ glyphs }];
  let [from, to, rest] = [0, glyphs.length, text];
  for (
    let first = said[from] ?? '';
    first !== '' && from < to - 1 && rest.startsWith(first);
    first = said[from] ?? ''
  ) {
    rest = rest.slice(first.length);
    from += 1;
  }
  for (let last = said[to - 1] ?? ''; last !== '' && to - 1 > from && rest.endsWith(last); last = said[to - 1] ?? '') {
    rest = rest.slice(0, -last.length);
    to -= 1;
  }
  return [
    { glyphs: glyphs.slice(0, from) },
    { glyphs: glyphs.slice(from, to), actualText: rest },
    { glyphs: glyphs.slice(to) },
  ];
}

function spellBackwards(texts: ReadonlyMap<number, string>, { glyphs }: Cluster, text: string): Spelled[] {
  const characters = Array.from(text);
  const logical = glyphs.toReversed();
  const pairs = Array.from({ length: Math.max(characters.length, logical.length) }, (_, index): Spelled => {
    const [character = '', glyph] = [characters[index], logical[index]];
    if (glyph === undefined) return { invisible: character };
    const isSaid = texts.get(glyph.id) === character;
    return isSaid ? { glyphs: [glyph] } : { glyphs: [glyph], actualText: character };
  });
  return pairs.reverse();
}
