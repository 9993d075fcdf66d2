import { createRequire } from 'node:module';
import type { Bidi } from 'bidi-js';

const require = createRequire(import.meta.url);
let loaded: Bidi | undefined;
const bidi = (): Bidi => (loaded ??= (require('bidi-js') as () => Bidi)());

/**
 * The embedding level of each character (odd: right to left) by the Unicode Bidirectional Algorithm. The first letter
 * determines the line's direction.
 */
export const levelsOf = (points: readonly number[]): Uint8Array =>
  bidi().getEmbeddingLevels(String.fromCharCode(...points.map(standIn))).levels;

/**
 * Characters outside the basic plane would count twice, so replace them: letters with a Latin one, emoji with a symbol.
 */
const standIn = (point: number): number =>
  point < 0x10000 ? point : point >= 0x1f000 && point < 0x20000 ? 0x2603 : 0x61;

/** `(` is drawn as `)` in right-to-left text. */
export const mirrored = (point: number): number =>
  (point < 0x10000 ? bidi().getMirroredCharacter(String.fromCharCode(point)) : null)?.codePointAt(0) ?? point;

/**
 * Reorders runs of one level each into visual order, left to right (rule L2).
 * @returns a new list
 */
export function inVisualOrder<Run extends { readonly level: number }>(runs: readonly Run[]): Run[] {
  const ordered = [...runs];
  const highest = Math.max(0, ...runs.map(({ level }) => level));
  for (let level = highest; level > 0; level--) {
    for (let at = 0; at < ordered.length; at++) {
      let end = at;
      while ((ordered[end]?.level ?? 0) >= level) end++;
      ordered.splice(at, end - at, ...ordered.slice(at, end).reverse());
      at = end;
    }
  }
  return ordered;
}
