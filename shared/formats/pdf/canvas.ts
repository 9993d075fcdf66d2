import { codePointsOf, narrowName, UsedCharacters } from './codes.js';
import type { Faces } from './faces.js';
import { Operators } from './operators.js';
import { layOutLine } from './shaping/line.js';
import { needsShaping } from './shaping/script-classes.js';
import { showRuns } from './shaping/show-runs.js';
import type { UsedGlyphs } from './shaping/used-glyphs.js';

const SPACE = 0x20;

/** Draws everything on a page except its rows. Lengths are whole tenths of a point. */
export class Canvas {
  readonly #operators = new Operators();
  /** Used characters, by the fonts they were drawn with. */
  readonly #used: Map<Faces, UsedCharacters>;
  readonly #glyphs: UsedGlyphs;

  /** @param used, glyphs collect what is drawn */
  constructor(used: Map<Faces, UsedCharacters>, glyphs: UsedGlyphs) {
    this.#used = used;
    this.#glyphs = glyphs;
  }

  /** Adds operators unchanged. */
  raw(operators: string): this {
    this.#operators.ascii(`${operators}\n`);
    return this;
  }

  /** @param gray 0 is black @throws ShaperNeeded */
  text(faces: Faces, text: string, at: { x: number; y: number; size: number; gray: number }): this {
    const points = codePointsOf(text);
    const runs = needsShaping(points)
      ? layOutLine(faces, points).runs
      : [{ kind: 'plain', points: Uint32Array.from(points) } as const];
    const used = this.#used.get(faces) ?? new UsedCharacters();
    this.#used.set(faces, used);
    // The font is selected even if all of the text is shaped, so it must be in the file.
    used.add(SPACE);
    for (const run of runs) {
      if (run.kind === 'plain') used.addAll(run.points);
      else this.#glyphs.addRun(run);
    }
    const font = narrowName(faces.faces[0]?.id ?? '');
    this.#operators.ascii(`BT ${at.gray} g/${font} ${at.size} Tf ${at.x} ${at.y} Td`);
    showRuns(this.#operators, faces, runs, at.size);
    return this.raw(' ET');
  }

  bytes(): Buffer {
    return this.#operators.bytes.subarray(0, this.#operators.at);
  }
}
