import type { Reading } from './meter.js';
import { median } from './statistics.js';

/** CPU seconds of one of the metered processes. */
export const cpuOf = ({ cpu }: Reading, name: string): number => cpu[name] ?? 0;

/** Megabytes, rounded. */
export const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

/** The median of a figure; undefined if any item lacks it. */
export function medianOf<T>(items: readonly T[], figure: (item: T) => number | undefined): number | undefined {
  const figures = items.map(figure).filter((value) => value !== undefined);
  return items.length === 0 || figures.length < items.length ? undefined : median(figures);
}
