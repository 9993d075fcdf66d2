import { ELLIPSIS } from './codes.js';
import type { Faces } from './faces.js';
import type { FieldReader } from './field-reader.js';
import { FIRST_SHAPED, scriptClassOf } from './shaping/script-classes.js';

const SPACE = 0x20;

/** The width of a field in 1/1000 em, and whether it has to be shaped. */
export function measureField({ points, count }: FieldReader, faces: Faces): { width: number; isComplex: boolean } {
  const { widths } = faces;
  let width = 0;
  let isComplex = false;
  for (let index = 0; index < count; index++) {
    const point = points[index] ?? 0;
    if (point < FIRST_SHAPED) {
      width += widths[point] ?? 0;
    } else {
      if (scriptClassOf(point) !== 0) isComplex = true;
      width += faces.widthOf(point);
    }
  }
  return { width, isComplex };
}

/** Replaces what doesn't fit with an ellipsis. @returns the width of the rest, in 1/1000 em */
export function cutField(field: FieldReader, faces: Faces, limit: number): number {
  const { points } = field;
  const ellipsis = faces.widthOf(ELLIPSIS);
  let width = ellipsis;
  let count = 0;
  while (count < field.count) {
    const advance = faces.widthOf(points[count] ?? 0);
    if (width + advance > limit) break;
    width += advance;
    count += 1;
  }
  while (count > 0 && points[count - 1] === SPACE) {
    count -= 1;
    width -= faces.widthOf(SPACE);
  }
  points[count] = ELLIPSIS;
  field.count = count + 1;
  return width;
}
