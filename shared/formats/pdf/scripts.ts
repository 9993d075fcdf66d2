/**
 * Fonts for scripts that the first font lacks. They are files of npm packages; each is opened when a character of its
 * ranges is drawn for the first time in a process. Where ranges overlap, the first font that has the character draws it.
 */
export interface ScriptFont {
  /** The font's id on pages; see codes.ts. */
  readonly id: string;
  readonly package: string;
  readonly file: string;
  readonly ranges: readonly (readonly [first: number, last: number])[];
}

/** Kana, Han, punctuation and full-width forms. */
const CJK = [
  [0x2e80, 0xa4cf],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe1f],
  [0xfe30, 0xfe4f],
  [0xff00, 0xffef],
  [0x20000, 0x3ffff],
] as const;
const HANGUL = [
  [0x1100, 0x11ff],
  [0xa960, 0xa97f],
  [0xac00, 0xd7ff],
] as const;
const DEVANAGARI = [
  [0x0900, 0x097f],
  [0x1cd0, 0x1cff],
  [0xa8e0, 0xa8ff],
] as const;
const THAI = [[0x0e00, 0x0e7f]] as const;

const noto = (id: string, script: string, ranges: ScriptFont['ranges']): ScriptFont => ({
  id,
  package: `@expo-google-fonts/noto-sans-${script.toLowerCase()}`,
  file: `400Regular/NotoSans${script}_400Regular.ttf`,
  ranges,
});

/** The Chinese font has all of Unicode's first 20,976 Han characters; the Japanese one adds rare names such as 𠮷. */
export const SCRIPT_FONTS: readonly ScriptFont[] = [
  noto('SC', 'SC', CJK),
  noto('JP', 'JP', CJK),
  noto('KR', 'KR', [...CJK, ...HANGUL]),
  noto('De', 'Devanagari', DEVANAGARI),
  noto('Th', 'Thai', THAI),
];
