import type { Face } from '../face.js';
import { scriptClassOf } from './script-classes.js';
import type { Cluster, ShapedGlyph } from './shaper.js';

/**
 * The text that is copied from shaped glyphs. By default, a glyph is copied as the character that it draws alone: this
 * follows from the font, so segments agree on it. A cluster's other text is written explicitly: as ActualText or, in
 * right-to-left text, which readers reverse character by character, as one character per glyph plus invisible ones.
 */
export type Spelled =
  | { readonly glyphs: readonly ShapedGlyph[]; readonly actualText?: string }
  /** A character without a glyph, such as the second one of a ligature. */
  | { readonly invisible: string };

const known = new WeakMap<Face['typeface'], ReadonlyMap<number, string>>();

/** Characters other than letters that occur in right-to-left text: digits, brackets, spaces. */
const isCommon = (point: number): boolean => point < 0x250 || (point >= 0x2000 && point < 0x2070);
/** Presentation forms of Arabic and Hebrew letters start here; each stands for one or several letters. */
const FORMS = 0xfb1d;

/** The text of each glyph. */
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

/** @returns the cluster from left to right */
export function spell(face: Face, cluster: Cluster, isRightToLeft: boolean, text: string): Spelled[] {
  const texts = glyphTexts(face);
  return isRightToLeft ? spellBackwards(texts, cluster, text) : spellForwards(texts, cluster, text);
}

/** Glyphs at either end that already have the right text keep it. */
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
