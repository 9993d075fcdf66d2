import { availableParallelism } from 'node:os';
import { busySeconds, cpuSeconds, endedChildrenCpu, peakMemory, resetPeakMemory } from './proc.js';

/** CPU seconds (user and system) by process name. */
export type CpuByProcess = Readonly<Record<string, number>>;

export interface Reading {
  /** Seconds since the meter was started. */
  readonly seconds: number;
  readonly cpu: CpuByProcess;
  /**
   * Noise: CPU seconds used by everything on this machine that does not belong to the benchmark, or given to other
   * machines by the hypervisor.
   */
  readonly otherCpu: number;
  /** Peak resident memory by process, bytes. */
  readonly peakMemory: Readonly<Record<string, number>>;
}

/** Share of the machine's CPU that others used meanwhile, 0 to 1. */
export const shareOfOthers = ({ otherCpu, seconds }: Reading): number => otherCpu / (seconds * availableParallelism());

/** Starts measuring these processes with all their children, and the benchmark's own children that end meanwhile. */
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
