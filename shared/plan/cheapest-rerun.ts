/** An uploaded segment and what encoding it again would cost, in bytes. */
interface Weight {
  readonly segment: number;
  readonly bytes: number;
}

interface Choice {
  readonly segments: readonly number[];
  readonly bytes: number;
}

/**
 * The segments with the fewest bytes such that each stuck run is beside one of them; of two that cost the same, the first. Walks along the file, keeping the
 * best choice with and without the segment before the run at hand.
 *
 * @param stuck one more than `uploaded`: `stuck[i]` comes before `uploaded[i]`
 */
export function cheapestRerun(uploaded: readonly Weight[], stuck: readonly boolean[]): number[] {
  const cheaper = (a: Choice, b: Choice): Choice => (a.bytes <= b.bytes ? a : b);
  const none: Choice = { bytes: 0, segments: [] };
  // Nothing is before the first run that could be encoded again.
  let without = none;
  let withIt = { ...none, bytes: Infinity };
  for (const [index, { segment, bytes }] of uploaded.entries()) {
    const before = cheaper(without, withIt);
    const again: Choice = { bytes: before.bytes + bytes, segments: [...before.segments, segment] };
    without = stuck[index] === true ? withIt : before;
    withIt = again;
  }
  return [...(stuck[uploaded.length] === true ? withIt : cheaper(without, withIt)).segments];
}
