import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Process statistics on Linux: https://man7.org/linux/man-pages/man5/proc.5.html */

/** Unit of the times below, per second. The kernel's USER_HZ, which is 100 on every architecture that Node runs on. */
const TICKS = 100;

interface Stat {
  readonly parent: number;
  /** Seconds (user and system), including children that have ended. */
  readonly cpu: number;
  readonly endedChildrenCpu: number;
}

function readStat(pid: number): Stat | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the name in parentheses and may contain anything; the rest follows the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  const endedChildrenCpu = (childUser + childSystem) / TICKS;
  return { parent: Number(fields[1]), cpu: (user + system) / TICKS + endedChildrenCpu, endedChildrenCpu };
}

function allStats(): Map<number, Stat> {
  const pids = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0);
  return new Map(
    pids.flatMap((pid) => {
      const stat = readStat(pid);
      return stat === undefined ? [] : [[pid, stat] as const];
    }),
  );
}

/** A process and all its descendants. */
export function family(root: number, stats: ReadonlyMap<number, { readonly parent: number }> = allStats()): number[] {
  const members = [root];
  for (const member of members) {
    for (const [pid, { parent }] of stats) if (parent === member) members.push(pid);
  }
  return members;
}

/** CPU seconds (user and system) of a process and all its descendants, including those that have ended. */
export function cpuSeconds(root: number): number {
  const stats = allStats();
  return family(root, stats).reduce((sum, pid) => sum + (stats.get(pid)?.cpu ?? 0), 0);
}

/** CPU seconds of this process's children that have ended. */
export function endedChildrenCpu(): number {
  return readStat(process.pid)?.endedChildrenCpu ?? 0;
}

/** CPU seconds in which the machine was not idle. */
export function busySeconds(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS;
}

/** Peak resident memory since the start or the last reset, bytes; 0 if the process is gone. */
export function peakMemory(pid: number): number {
  try {
    const [, kib = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib) * 1024;
  } catch {
    return 0;
  }
}

/** Resets `peakMemory` to what the process uses now. */
export function resetPeakMemory(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
