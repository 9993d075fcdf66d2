import { ELLIPSIS } from '../codes.js';
import type { Faces } from '../faces.js';
import { layOutLine, type Line } from './line.js';

const SPACE = 0x20;
/** Lower bound for the average character width, in 1/1000 em: anything beyond it is cut without being shaped. */
const NARROWEST = 100;

interface FittedLine {
  readonly line: Line;
  readonly isCut: boolean;
  /** Number of characters before the ellipsis. */
  readonly end: number;
}

/**
 * The text, or as much of its start as fits with an ellipsis.
 * @param limit in 1/1000 em
 * @param isCut there is more text than these characters
 * @throws ShaperNeeded
 */
export function fitLine(faces: Faces, points: readonly number[], limit: number, isCut = false): FittedLine {
  const most = Math.ceil(limit / NARROWEST) + 50;
  const some = points.slice(0, most);
  const whole = layOutLine(faces, some);
  if (whole.width <= limit && some.length === points.length && !isCut)
    return { line: whole, isCut: false, end: points.length };

  const room = limit - faces.widthOf(ELLIPSIS);
  const ends = [0];
  let width = 0;
  for (const unit of whole.units) {
    width += unit.width;
    if (width > room) break;
    ends.push(unit.end);
  }
  for (;;) {
    let end = ends.pop() ?? 0;
    while (end > 0 && points[end - 1] === SPACE) end -= 1;
    const line = layOutLine(faces, [...points.slice(0, end), ELLIPSIS]);
    // Letters change shape at the end, so the last remaining one may be wider than before.
    if (line.width <= limit || ends.length === 0) return { line, isCut: true, end };
  }
}
