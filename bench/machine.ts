import { readFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { runCommand } from '../dev/stack/run-command.js';
import type { Stack } from '../dev/stack/stack.js';
import { queryOnce } from './databases.js';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  /** Load average of the last minute before the benchmark: what else was running. */
  readonly loadAverage: number;
  readonly versions: Readonly<Record<string, string>>;
}

async function firstLine(command: string, args: readonly string[]): Promise<string> {
  const { ok, output } = await runCommand(command, args, { timeoutMs: 10_000 });
  return ok ? (output.split('\n')[0] ?? '') : 'unknown';
}

/** Describes what the figures depend on. */
export async function describeMachine(stack: Stack, programs: { psql: string; rclone: string }): Promise<Machine> {
  const [server] = await queryOnce(stack.env.DATABASE_URL, 'SHOW server_version');
  const [weed = ''] = (await commandLineOf(stack.services.s3.pid)) ?? [];
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    kernel: release(),
    loadAverage: loadavg()[0] ?? 0,
    versions: {
      node: process.version,
      postgresql: String(server?.server_version),
      temporal: await firstLine(stack.temporalCli, ['--version']),
      seaweedfs: await firstLine(weed, ['version']),
      psql: await firstLine(programs.psql, ['--version']),
      rclone: await firstLine(programs.rclone, ['version']),
    },
  };
}

async function commandLineOf(pid: number | undefined): Promise<string[] | undefined> {
  return pid === undefined ? undefined : (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
}
