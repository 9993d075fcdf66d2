import { codePointsOf, ELLIPSIS } from './codes.js';
import type { Faces } from './faces.js';
import { fitLine } from './shaping/fit-line.js';
import { layOutLine } from './shaping/line.js';
import { needsShaping } from './shaping/script-classes.js';

/**
 * Measures text in 1/1000 em. All functions throw ShaperNeeded if text has to be shaped and the shaper is not loaded.
 */

export function measureText(faces: Faces, text: string): number {
  const points = codePointsOf(text);
  if (needsShaping(points)) return layOutLine(faces, points).width;
  return points.reduce((sum, point) => sum + faces.widthOf(point), 0);
}

/**
 * The text, or as much of its start as fits with an ellipsis. Only the part of a long text that could fit is measured.
 */
export function clipText(faces: Faces, text: string, width: number): string {
  const points = codePointsOf(text);
  const { end, isCut } = needsShaping(points) ? fitLine(faces, points, width) : fitPlain(faces, points, width);
  return isCut ? `${String.fromCodePoint(...points.slice(0, end)).trimEnd()}…` : text;
}

function fitPlain(faces: Faces, points: readonly number[], width: number): { end: number; isCut: boolean } {
  let used = 0;
  let end = 0;
  const room = width - faces.widthOf(ELLIPSIS);
  for (const [index, point] of points.entries()) {
    used += faces.widthOf(point);
    if (used <= room) end = index + 1;
    if (used > width) return { end, isCut: true };
  }
  return { end: points.length, isCut: false };
}

/** Wraps text between words into lines that fit; the last line ends with an ellipsis if text is left. */
export function wrapText(faces: Faces, text: string, width: number, lines: number): string[] {
  const done: string[] = [];
  let line = '';
  const words = text.split(' ');
  for (const [index, word] of words.entries()) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || measureText(faces, longer) <= width) line = longer;
    else if (done.length + 1 === lines) {
      return [...done, clipText(faces, `${line} ${words.slice(index).join(' ')}`, width)];
    } else {
      done.push(clipText(faces, line, width));
      line = word;
    }
  }
  return [...done, clipText(faces, line, width)];
}
