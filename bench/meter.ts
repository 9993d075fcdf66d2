import { availableParallelism } from 'node:os';
import { busySeconds, cpuSeconds, endedChildrenCpu, peakMemory, resetPeakMemory } from './proc.js';

/** CPU seconds, user and system, by name of the process. */
export type CpuByProcess = Readonly<Record<string, number>>;

export interface Reading {
  /** From the start of the meter to its reading. */
  readonly seconds: number;
  readonly cpu: CpuByProcess;
  /** CPU seconds of everything on this machine that does not belong to the benchmark, and what a hypervisor gave to other machines: noise. */
  readonly otherCpu: number;
  /** Peak of resident memory by process, in bytes. */
  readonly peakMemory: Readonly<Record<string, number>>;
}

/** Share of the machine's CPU that others used meanwhile, from 0 to 1. */
export const shareOfOthers = ({ otherCpu, seconds }: Reading): number => otherCpu / (seconds * availableParallelism());

/** Starts measuring these processes, each with all that it starts, and the benchmark's own children that end meanwhile. */
export function startMeter(pids: Readonly<Record<string, number>>): () => Reading {
  const cpuNow = (): CpuByProcess => ({
    ...Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid)])),
    pipeline: endedChildrenCpu(),
  });
  const ownNow = (): number => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6;

  for (const pid of Object.values(pids)) resetPeakMemory(pid);
  const busy = busySeconds();
  const own = ownNow();
  const before = cpuNow();
  const startedAt = performance.now();

  return () => {
    const seconds = (performance.now() - startedAt) / 1000;
    const cpu = Object.fromEntries(
      Object.entries(cpuNow()).map(([name, spent]) => [name, spent - (before[name] ?? 0)]),
    );
    const known = Object.values(cpu).reduce((sum, spent) => sum + spent, 0) + ownNow() - own;
    return {
      seconds,
      cpu,
      otherCpu: Math.max(0, busySeconds() - busy - known),
      peakMemory: Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, peakMemory(pid)])),
    };
  };
}
