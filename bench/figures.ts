import { availableParallelism } from 'node:os';
import type { Reading } from './meter.js';
import { median } from './statistics.js';
import type { Turn } from './turn.js';

/** CPU seconds of one of the metered processes. */
export const cpuOf = ({ cpu }: Reading, name: string): number => cpu[name] ?? 0;

/**
 * The shortest time that any client could need: the CPU of PostgreSQL and of the store, spread over all cores. Seconds.
 * It is exact only if the client makes neither of them do more or less work than it has to.
 */
export const boundSeconds = (reading: Reading, cores = availableParallelism()): number =>
  (cpuOf(reading, 'postgres') + cpuOf(reading, 'store')) / cores;

/** CPU seconds of the client and of PostgreSQL. */
export const cpuWithSource = ({ clientCpu, reading }: Pick<Turn, 'clientCpu' | 'reading'>): number =>
  clientCpu + cpuOf(reading, 'postgres');

/** Megabytes, rounded. */
export const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

/** The median of a figure; undefined if any item lacks it. */
export function medianOf<T>(items: readonly T[], figure: (item: T) => number | undefined): number | undefined {
  const figures = items.map(figure).filter((value) => value !== undefined);
  return items.length === 0 || figures.length < items.length ? undefined : median(figures);
}
