import { codePointsOf, narrowName, UsedCharacters } from './codes.js';
import type { Faces } from './faces.js';
import { Operators } from './operators.js';

/** Draws what is on a page but for its rows. Lengths in tenths of a point, whole numbers. */
export class Canvas {
  readonly #operators = new Operators();
  /** Characters by the fonts that they were written with. */
  readonly used: Map<Faces, UsedCharacters>;

  constructor(used: Map<Faces, UsedCharacters>) {
    this.used = used;
  }

  /** Operators as they are. */
  raw(operators: string): this {
    this.#operators.ascii(`${operators}\n`);
    return this;
  }

  /** @param gray 0 is black */
  text(faces: Faces, text: string, at: { x: number; y: number; size: number; gray: number }): this {
    const points = Uint32Array.from(codePointsOf(text));
    const used = this.used.get(faces) ?? new UsedCharacters();
    this.used.set(faces, used);
    used.addAll(points);
    const font = narrowName(faces.faces[0]?.id ?? '');
    this.#operators.ascii(`BT ${at.gray} g/${font} ${at.size} Tf ${at.x} ${at.y} Td`);
    this.#operators.show(faces, points, points.length, at.size);
    return this.raw(' ET');
  }

  bytes(): Buffer {
    return this.#operators.bytes.subarray(0, this.#operators.at);
  }
}
