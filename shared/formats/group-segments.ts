import type { WrittenSegment } from './encoding.js';

/** Groups segments by a number, such as that of their archive member. The numbers start at 0. */
export function groupSegments<Own>(
  segments: readonly WrittenSegment<Own>[],
  number: (segment: WrittenSegment<Own>) => number,
): WrittenSegment<Own>[][] {
  const groups: WrittenSegment<Own>[][] = [];
  for (const segment of segments) (groups[number(segment)] ??= []).push(segment);
  return groups;
}
