import type { WrittenSegment } from './encoding.js';

/** Groups segments by one of their numbers, which count from 0. */
export function groupSegments(
  segments: readonly WrittenSegment[],
  number: (segment: WrittenSegment) => number,
): WrittenSegment[][] {
  const groups: WrittenSegment[][] = [];
  for (const segment of segments) (groups[number(segment)] ??= []).push(segment);
  return groups;
}
