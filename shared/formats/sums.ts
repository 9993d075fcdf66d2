import { combineCrc32 } from '../plan/crc32.js';
import type { SegmentSummary, WrittenSegment } from './encoding.js';

/** Checksum and size of plain bytes. */
export interface Sum {
  readonly crc32: number;
  /** Bytes. */
  readonly size: number;
}

/** A number in a summary; 0 if the segment has none. */
export function numberIn(summary: SegmentSummary, name: string): number {
  const value = summary[name];
  return typeof value === 'number' ? value : 0;
}

/** A text in a summary; empty if the segment has none. */
export function textIn(summary: SegmentSummary, name: string): string {
  const value = summary[name];
  return typeof value === 'string' ? value : '';
}

/** Checksum and size of all plain bytes of compressed segments, in order. */
export function sumOf(segments: readonly WrittenSegment[]): Sum {
  let [crc32, size] = [0, 0];
  for (const { summary } of segments) {
    const length = numberIn(summary, 'size');
    crc32 = combineCrc32(crc32, numberIn(summary, 'crc32'), length);
    size += length;
  }
  return { crc32, size };
}

/** The sum of a number over all summaries. */
export const totalOf = (segments: readonly WrittenSegment[], name: string): number =>
  segments.reduce((sum, { summary }) => sum + numberIn(summary, name), 0);
