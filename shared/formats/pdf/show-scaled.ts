import { narrowName } from './codes.js';
import type { Faces } from './faces.js';
import type { FieldReader } from './field-reader.js';
import type { Operators } from './operators.js';

/** A field that is too wide but must not be clipped is scaled down to this, then condensed. */
const SMALLEST_SCALE = 0.7;

/**
 * Draws a field that is too wide but must not be clipped.
 * @param size font size of the row, in tenths of a point
 */
export function showScaled(operators: Operators, faces: Faces, field: FieldReader, size: number, scale: number): void {
  const smaller = Math.max(1, Math.floor(size * Math.max(scale, SMALLEST_SCALE)));
  const percent = ((scale * size * 100) / smaller).toFixed(3);
  const font = narrowName(faces.faces[0]?.id ?? '');
  operators.ascii(`/${font} ${smaller} Tf ${percent} Tz`);
  operators.show(faces, field.points, field.count, smaller);
  operators.ascii(`/${font} ${size} Tf 100 Tz`);
}
