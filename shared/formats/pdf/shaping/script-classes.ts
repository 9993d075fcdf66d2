/**
 * Characters that need shaping: those of right-to-left scripts, and of scripts whose letters join or whose marks and
 * vowels move. Each script has a number; all other characters have 0.
 */
const SCRIPTS: readonly (readonly (readonly [first: number, last: number])[])[] = [
  // Hebrew, Arabic, Syriac, Thaana, NKo, Samaritan, Mandaic
  [
    [0x0590, 0x05ff],
    [0xfb1d, 0xfb4f],
  ],
  [
    [0x0600, 0x06ff],
    [0x0750, 0x077f],
    [0x0870, 0x08ff],
    [0xfb50, 0xfdff],
    [0xfe70, 0xfefe],
  ],
  [
    [0x0700, 0x074f],
    [0x0860, 0x086f],
  ],
  [[0x0780, 0x07bf]],
  [[0x07c0, 0x07ff]],
  [[0x0800, 0x083f]],
  [[0x0840, 0x085f]],
  // Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Tamil, Telugu, Kannada, Malayalam, Sinhala
  [
    [0x0900, 0x097f],
    [0x1cd0, 0x1cff],
    [0xa8e0, 0xa8ff],
  ],
  ...Array.from({ length: 9 }, (_, index) => [[0x0980 + index * 0x80, 0x09ff + index * 0x80] as const]),
  // Thai, Lao, Tibetan, Myanmar, Khmer, Mongolian, Balinese, Javanese
  [[0x0e00, 0x0e7f]],
  [[0x0e80, 0x0eff]],
  [[0x0f00, 0x0fff]],
  [
    [0x1000, 0x109f],
    [0xa9e0, 0xa9ff],
    [0xaa60, 0xaa7f],
  ],
  [[0x1780, 0x17ff]],
  [[0x1800, 0x18af]],
  [[0x1b00, 0x1b7f]],
  [[0xa980, 0xa9df]],
];

/** Below this are Latin, Greek, Cyrillic and Armenian, which need neither shaping nor a font that is opened later. */
export const FIRST_SHAPED = 0x590;

const CLASSES = new Uint8Array(0x10000);
for (const [index, ranges] of SCRIPTS.entries()) {
  for (const [first, last] of ranges) CLASSES.fill(index + 1, first, last + 1);
}

export const scriptClassOf = (codePoint: number): number => CLASSES[codePoint] ?? 0;

export function needsShaping(points: ArrayLike<number>, count = points.length): boolean {
  for (let index = 0; index < count; index++) if (scriptClassOf(points[index] ?? 0) !== 0) return true;
  return false;
}
