import type { Face } from '../face.js';
import { isIgnorable, NONE, type Faces } from '../faces.js';
import { inVisualOrder, levelsOf, mirrored } from './bidi.js';
import { scriptClassOf } from './script-classes.js';
import type { Cluster } from './shaper.js';

/** Text as drawn: runs from left to right, one after the other. */
export interface Line {
  readonly runs: readonly Run[];
  /** Width in 1/1000 em. */
  readonly width: number;
  /** Indivisible units in text order, with their widths in 1/1000 em. */
  readonly units: readonly Unit[];
}

export type Run = PlainRun | ShapedRun;

/** Characters that are drawn one by one. */
interface PlainRun {
  readonly kind: 'plain';
  readonly points: Uint32Array;
}

export interface ShapedRun {
  readonly kind: 'shaped';
  readonly face: Face;
  readonly isRightToLeft: boolean;
  readonly points: readonly number[];
  readonly clusters: readonly Cluster[];
}

export interface Unit {
  /** Index after its last character. */
  readonly end: number;
  readonly width: number;
}

const SPACE = 0x20;
/** Script number of characters that are shaped but belong to no script. */
const COMMON = 255;

/** Characters with the same level, font and script; script 0 is not shaped. */
interface Item {
  readonly from: number;
  end: number;
  readonly level: number;
  readonly face: Face | undefined;
  readonly script: number;
}

/** @throws ShaperNeeded */
export function layOutLine(faces: Faces, points: readonly number[]): Line {
  const units: Unit[] = [];
  const drawn = itemsOf(faces, points).map((item) => {
    const own = points.slice(item.from, item.end);
    const isRightToLeft = item.level % 2 === 1;
    if (item.script === 0 || item.face === undefined) {
      for (const [index, point] of own.entries()) {
        units.push({ end: item.from + index + 1, width: faces.widthOf(point) });
      }
      const shown = isRightToLeft ? own.map(mirrored).reverse() : own;
      return { level: item.level, run: { kind: 'plain', points: Uint32Array.from(shown) } as const };
    }
    const clusters = faces.shaper.shape(item.face, own, isRightToLeft);
    const logical = isRightToLeft ? clusters.toReversed() : clusters;
    for (const { end, advance } of logical) units.push({ end: item.from + end, width: advance });
    const run = { kind: 'shaped', face: item.face, isRightToLeft, points: own, clusters } as const;
    return { level: item.level, run };
  });
  return {
    runs: inVisualOrder(drawn).map(({ run }) => run),
    width: units.reduce((sum, { width }) => sum + width, 0),
    units,
  };
}

function itemsOf(faces: Faces, points: readonly number[]): Item[] {
  const levels = levelsOf(points);
  const scripts = points.map(scriptClassOf);
  const owners = points.map((point) => faces.ownerOf(point));
  for (const [index, owner] of owners.entries()) {
    if (owner === NONE) scripts[index] = 0;
    // In right-to-left text, brackets are drawn mirrored but copied as they are.
    else if (owner === 0 && scripts[index] === 0 && (levels[index] ?? 0) % 2 === 1) scripts[index] = COMMON;
  }
  // Spaces, brackets and joiners are shaped with the adjacent letters.
  const adopt = (index: number, from: number): void => {
    const [point = 0, owner = NONE] = [points[index], owners[from]];
    if ((scripts[index] ?? 0) % COMMON !== 0 || (scripts[from] ?? 0) % COMMON === 0 || levels[index] !== levels[from])
      return;
    const mayBePart = point === SPACE || (levels[index] ?? 0) % 2 === 1;
    if (!isIgnorable(point) && !(mayBePart && faces.faces[owner]?.typeface.has(point) === true)) return;
    scripts[index] = scripts[from] ?? 0;
    owners[index] = owner;
  };
  for (let index = 1; index < points.length; index++) adopt(index, index - 1);
  for (let index = points.length - 2; index >= 0; index--) adopt(index, index + 1);

  const items: Item[] = [];
  for (let index = 0; index < points.length; index++) {
    const [level = 0, script = 0] = [levels[index], scripts[index]];
    const face = script === 0 ? undefined : faces.faces[owners[index] ?? NONE];
    const last = items.at(-1);
    if (last?.level === level && last.script === script && last.face === face) last.end = index + 1;
    else items.push({ from: index, end: index + 1, level, face, script });
  }
  return items;
}
