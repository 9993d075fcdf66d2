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
 * Chooses the segments with the fewest bytes such that each stuck run is next to one of them; on a tie, the first.
 * Walks along the file and keeps the best choice with and without the segment before the current run.
 * @param stuck has one more element than `uploaded`: `stuck[i]` comes before `uploaded[i]`
 */
export function cheapestRerun(uploaded: readonly Weight[], stuck: readonly boolean[]): number[] {
  const cheaper = (a: Choice, b: Choice): Choice => (a.bytes <= b.bytes ? a : b);
  const none: Choice = { bytes: 0, segments: [] };
  // There is no segment before the first run.
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
