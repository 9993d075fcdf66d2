import { busySeconds, cpuSeconds } from '../proc.js';
import type { Pids } from '../pids.js';

const EVERY_MS = 2000;

/** Cores in use, by process and in total. */
export interface BusySample {
  /** Seconds since the start. */
  readonly at: number;
  readonly cores: Readonly<Record<string, number>>;
  readonly machine: number;
}

/**
 * Samples every two seconds how busy each process is.
 * @returns a function that stops sampling and returns the samples
 */
export function sampleBusy(pids: Pids): () => readonly BusySample[] {
  const samples: BusySample[] = [];
  const begun = performance.now();
  const read = () => ({
    at: (performance.now() - begun) / 1000,
    cpu: Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid)])),
    machine: busySeconds(),
  });
  let last = read();
  const timer = setInterval(() => {
    const now = read();
    const seconds = now.at - last.at;
    samples.push({
      at: now.at,
      cores: Object.fromEntries(
        Object.entries(now.cpu).map(([name, spent]) => [name, (spent - (last.cpu[name] ?? 0)) / seconds]),
      ),
      machine: (now.machine - last.machine) / seconds,
    });
    last = now;
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    return samples;
  };
}
