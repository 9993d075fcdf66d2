import { readFileSync, writeFileSync } from 'node:fs';

/** Linux's record of a process's memory: https://man7.org/linux/man-pages/man5/proc.5.html */

export const canMeasure = process.platform === 'linux';

/** Resets the recorded peak: a process that bundles its workflows peaks before its first export. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** Peak resident memory, in bytes. */
export function peakMemory(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
