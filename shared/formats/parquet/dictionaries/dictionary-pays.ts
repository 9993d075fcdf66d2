/** Facts from a column's first page with values. */
interface DictionarySize {
  /** Values of the page. */
  readonly values: number;
  /** Distinct ones. */
  readonly entries: number;
  /** Bytes of these, and the most that a dictionary may have. */
  readonly dictionaryBytes: number;
  readonly mostBytes: number;
  /** Bytes of the page's values without a dictionary. */
  readonly plainBytes: number;
  /** The page's part of the row group's rows, 0 to 1. */
  readonly share: number;
}

/** A dictionary must be this much shorter: compression shortens plain values, but hardly indices. */
const WORTH = 0.6;

/**
 * Whether a dictionary will hold all values and make the row group's column shorter. Estimates how many distinct values
 * the row group will have: n draws from D values have about D(1 − e^(−n/D)) distinct ones.
 */
export function dictionaryPays({
  values,
  entries,
  dictionaryBytes,
  mostBytes,
  plainBytes,
  share,
}: DictionarySize): boolean {
  const expected = values / Math.min(1, share);
  const pool = poolSize(values, entries);
  const distinct = Number.isFinite(pool) ? pool * -Math.expm1(-expected / pool) : expected;
  const bytes = (distinct * dictionaryBytes) / entries;
  const indexBytes = (expected * Math.ceil(Math.log2(Math.max(2, distinct)))) / 8;
  return bytes <= mostBytes && bytes + indexBytes < (WORTH * plainBytes * expected) / values;
}

/** Estimates D, the number of values to draw from, if this many draws had this many distinct values. */
function poolSize(draws: number, distinct: number): number {
  if (distinct >= draws) return Infinity;
  let [low, high] = [distinct, distinct];
  while (high * -Math.expm1(-draws / high) < distinct) high *= 2;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (middle * -Math.expm1(-draws / middle) < distinct) low = middle;
    else high = middle;
  }
  return high;
}

const STEPS = 30;
