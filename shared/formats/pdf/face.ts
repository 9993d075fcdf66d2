import type { Typeface } from './typeface.js';

/** A font and its name on pages; see codes.ts. */
export interface Face {
  readonly id: string;
  readonly typeface: Typeface;
  has(codePoint: number): boolean;
}

export const createFace = (id: string, typeface: Typeface): Face => ({
  id,
  typeface,
  has: (codePoint) => typeface.has(codePoint),
});

/** A font that is opened on first use. */
export interface LazyFace extends Face {
  /** It is never searched for characters outside these ranges. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
}

/** @param open called once, for the first character */
export function createLazyFace(id: string, ranges: LazyFace['ranges'], open: () => Typeface): LazyFace {
  let opened: Typeface | undefined;
  return {
    id,
    ranges,
    get typeface() {
      return (opened ??= open());
    },
    has(codePoint) {
      return isIn(ranges, codePoint) && this.typeface.has(codePoint);
    },
  };
}

const isIn = (ranges: LazyFace['ranges'], codePoint: number): boolean =>
  ranges.some(([first, last]) => codePoint >= first && codePoint <= last);
