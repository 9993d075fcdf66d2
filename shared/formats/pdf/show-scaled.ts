import { narrowName } from './codes.js';
import type { Faces } from './faces.js';
import type { FieldReader } from './field-reader.js';
import type { Operators } from './operators.js';

/** What is too wide and must not be cut becomes smaller, and then narrower. */
const SMALLEST_SCALE = 0.7;

/** Shows a field that is too wide and must not be cut. @param size of the row's font, in tenths of a point */
export function showScaled(operators: Operators, faces: Faces, field: FieldReader, size: number, scale: number): void {
  const smaller = Math.max(1, Math.floor(size * Math.max(scale, SMALLEST_SCALE)));
  const percent = ((scale * size * 100) / smaller).toFixed(3);
  const font = narrowName(faces.faces[0]?.id ?? '');
  operators.ascii(`/${font} ${smaller} Tf ${percent} Tz`);
  operators.show(faces, field.points, field.count, smaller);
  operators.ascii(`/${font} ${size} Tf 100 Tz`);
}
