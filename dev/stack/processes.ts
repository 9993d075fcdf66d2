import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Distinguishes a process from a later one with the same pid: its start time and command line. Undefined if it is gone
 * or a zombie.
 */
export function processIdentity(pid: number): string | undefined {
  return process.platform === 'linux' ? identityFromProc(pid) : identityFromPs(pid);
}

function identityFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in parentheses and may contain anything; the rest follows the last parenthesis
    // (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    const startTicks = fields[19];
    if (state === 'Z' || state === 'X' || startTicks === undefined) return undefined;
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return `${startTicks} ${commandLine}`;
  } catch {
    return undefined;
  }
}

function identityFromPs(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'lstart=,command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' ? undefined : line;
  } catch {
    return undefined;
  }
}

/** Sends a signal to a process group that may no longer exist. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  signalQuietly(-leader, signal);
}

/** Sends a signal to a process that may no longer exist. */
export function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone.
  }
}

/** Waits until `pid` is no longer the process with this `identity`; returns false after `limitMs`. */
export async function waitUntilGone(pid: number, identity: string, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (processIdentity(pid) === identity) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}
