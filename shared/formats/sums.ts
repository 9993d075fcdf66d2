import { combineCrc32 } from '../plan/crc32.js';
import type { SegmentSummary, WrittenSegment } from './encoding.js';

/** Of plain bytes. */
export interface Sum {
  readonly crc32: number;
  /** Bytes. */
  readonly size: number;
}

/** A number of a summary; 0 where a segment has none. */
export function numberIn(summary: SegmentSummary, name: string): number {
  const value = summary[name];
  return typeof value === 'number' ? value : 0;
}

/** A text of a summary; empty where a segment has none. */
export function textIn(summary: SegmentSummary, name: string): string {
  const value = summary[name];
  return typeof value === 'string' ? value : '';
}

/** Of all plain bytes of compressed segments, in order. */
export function sumOf(segments: readonly WrittenSegment[]): Sum {
  let [crc32, size] = [0, 0];
  for (const { summary } of segments) {
    const length = numberIn(summary, 'size');
    crc32 = combineCrc32(crc32, numberIn(summary, 'crc32'), length);
    size += length;
  }
  return { crc32, size };
}

/** A number of all summaries together. */
export const totalOf = (segments: readonly WrittenSegment[], name: string): number =>
  segments.reduce((sum, { summary }) => sum + numberIn(summary, name), 0);
