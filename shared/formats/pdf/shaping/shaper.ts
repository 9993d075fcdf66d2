import type * as HarfBuzz from 'harfbuzzjs';
import type { Face } from '../face.js';

/** A glyph and its position; distances in 1/1000 em. */
export interface ShapedGlyph {
  readonly id: number;
  readonly advance: number;
  /** Offset from the pen position. */
  readonly dx: number;
  readonly dy: number;
}

/** Glyphs that draw one or more characters together. */
export interface Cluster {
  /** Indexes of its first character and of the one after its last, in the shaped text. */
  readonly first: number;
  readonly end: number;
  readonly glyphs: readonly ShapedGlyph[];
  readonly advance: number;
}

/** Thrown if text has to be shaped before `load` was called: call it, then try again. */
export class ShaperNeeded extends Error {
  override readonly name = 'ShaperNeeded';
}

/** Maximum characters in cached runs, at about 300 bytes each: names repeat, long texts don't. */
const MOST_REMEMBERED = 65_536;

/** HarfBuzz, loaded when text first has to be shaped; each font is added on first use. */
export class Shaper {
  #harfBuzz: typeof HarfBuzz | undefined;
  #buffer: HarfBuzz.Buffer | undefined;
  readonly #fonts = new Map<string, HarfBuzz.Font>();
  readonly #remembered = new Map<string, readonly Cluster[]>();
  #rememberedCharacters = 0;

  async load(): Promise<void> {
    this.#harfBuzz ??= await import('harfbuzzjs');
  }

  /**
   * Shapes characters of one font, script and direction.
   * @returns clusters from left to right
   * @throws ShaperNeeded
   */
  shape(face: Face, points: readonly number[], isRightToLeft: boolean): readonly Cluster[] {
    const key = `${face.id}${isRightToLeft ? '<' : '>'}${String.fromCodePoint(...points)}`;
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const harfBuzz = this.#harfBuzz;
    if (harfBuzz === undefined) throw new ShaperNeeded('HarfBuzz is not loaded.');
    const buffer = (this.#buffer ??= new harfBuzz.Buffer());
    buffer.reset();
    buffer.addCodePoints([...points]);
    buffer.guessSegmentProperties();
    // Don't let the system locale affect the result.
    buffer.setLanguage('und');
    buffer.setDirection(isRightToLeft ? harfBuzz.Direction.RTL : harfBuzz.Direction.LTR);
    harfBuzz.shape(this.#font(harfBuzz, face), buffer);
    const clusters = clustersOf(buffer, points.length);
    this.#remember(key, clusters, points.length);
    return clusters;
  }

  #remember(key: string, clusters: readonly Cluster[], characters: number): void {
    this.#rememberedCharacters += characters;
    if (this.#rememberedCharacters > MOST_REMEMBERED) {
      this.#remembered.clear();
      this.#rememberedCharacters = characters;
    }
    this.#remembered.set(key, clusters);
  }

  #font({ Blob, Face: HarfBuzzFace, Font }: typeof HarfBuzz, { id, typeface }: Face): HarfBuzz.Font {
    const known = this.#fonts.get(id);
    if (known !== undefined) return known;
    const font = new Font(new HarfBuzzFace(new Blob(typeface.bytes)));
    font.setScale(1000, 1000);
    this.#fonts.set(id, font);
    return font;
  }
}

function clustersOf(buffer: HarfBuzz.Buffer, length: number): Cluster[] {
  const positions = buffer.getGlyphPositions();
  const groups: { first: number; glyphs: ShapedGlyph[] }[] = [];
  for (const [index, { codepoint: id, cluster: first }] of buffer.getGlyphInfos().entries()) {
    const { xAdvance: advance = 0, xOffset: dx = 0, yOffset: dy = 0 } = positions[index] ?? {};
    const last = groups.at(-1);
    const group = last?.first === first ? last : { first, glyphs: [] };
    if (group !== last) groups.push(group);
    group.glyphs.push({ id, advance, dx, dy });
  }
  const starts = groups.map(({ first }) => first).sort((a, b) => a - b);
  return groups.map(({ first, glyphs }) => ({
    first,
    end: starts[starts.indexOf(first) + 1] ?? length,
    glyphs,
    advance: glyphs.reduce((sum, glyph) => sum + glyph.advance, 0),
  }));
}

/** Runs `work`; if it needs the shaper, loads it and runs `work` again. */
export async function withShaper<Result>(shaper: Shaper, work: () => Result): Promise<Result> {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ShaperNeeded)) throw error;
    await shaper.load();
    return work();
  }
}
