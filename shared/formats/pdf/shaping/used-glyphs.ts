import { INVISIBLE } from '../codes.js';
import { packSet, unpackSet } from '../varints.js';
import type { ShapedRun } from './line.js';

/** The glyphs of each font that were drawn in shaped runs, and the code units drawn with the invisible font. */
export class UsedGlyphs {
  readonly #byFace = new Map<string, Set<number>>();

  addRun({ face, isRightToLeft, points, clusters }: ShapedRun): void {
    const glyphs = this.#of(face.id);
    for (const cluster of clusters) {
      for (const { id } of cluster.glyphs) glyphs.add(id);
      if (!isRightToLeft) continue;
      const rest = points.slice(cluster.first + cluster.glyphs.length, cluster.end);
      for (const point of rest) this.#of(INVISIBLE).add(point);
    }
  }

  /** Glyphs by font id, in order. */
  entries(): [face: string, glyphs: readonly number[]][] {
    return [...this.#byFace]
      .map(([face, glyphs]): [string, number[]] => [face, [...glyphs].sort((a, b) => a - b)])
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Encodes them as text for a segment's summary: at most one bit per glyph in the fonts. */
  pack(): string {
    return this.entries()
      .map(([face, glyphs]) => `${face}:${packSet(glyphs)}`)
      .join(' ');
  }

  addPacked(text: string): void {
    for (const entry of text === '' ? [] : text.split(' ')) {
      const [face = '', packed = ''] = entry.split(':');
      const glyphs = this.#of(face);
      for (const glyph of unpackSet(packed)) glyphs.add(glyph);
    }
  }

  #of(face: string): Set<number> {
    const glyphs = this.#byFace.get(face) ?? new Set();
    this.#byFace.set(face, glyphs);
    return glyphs;
  }
}
