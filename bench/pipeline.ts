import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../dev/stack/stack-error.js';
import { family, peakMemory } from './proc.js';
import type { Programs } from './programs.js';
import { shellLine, type Stage } from './shell-line.js';

const LOOK_EVERY_MS = 100;

export interface Pipeline {
  /** Name of its log. */
  readonly name: string;
  readonly stages: readonly Stage[];
  /** In addition to PATH and UTF-8. */
  readonly env: Readonly<Record<string, string>>;
}

export interface PipelineRun {
  readonly wallMs: number;
  /** Sum of all programs' peaks, bytes; sampled every 100 ms. */
  readonly peakMemory: number;
}

/** Sum of the peak memory of each of a shell's programs, bytes. */
async function watchMemory(root: number | undefined, isOver: () => boolean): Promise<number> {
  const peaks = new Map<number, number>();
  while (!isOver() && root !== undefined) {
    for (const member of family(root)) peaks.set(member, Math.max(peaks.get(member) ?? 0, peakMemory(member)));
    await sleep(LOOK_EVERY_MS);
  }
  // Leave out a shell that only waits for its pipeline; keep one that was replaced by its only program.
  if (root !== undefined && peaks.size > 1) peaks.delete(root);
  return [...peaks.values()].reduce((sum, peak) => sum + peak, 0);
}

/**
 * Runs `first | second | …`.
 * @throws StackError if the last one fails; failures of the others show in the file
 */
export async function runPipeline(programs: Programs, { name, stages, env }: Pipeline): Promise<PipelineRun> {
  const startedAt = performance.now();
  const shell = await programs.launch({
    name,
    command: '/bin/sh',
    args: ['-c', shellLine(stages)],
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', PGCLIENTENCODING: 'UTF8', ...env },
  });
  const end = { isOver: false };
  const watching = watchMemory(shell.pid, () => end.isOver);
  const { code, signal } = await shell.exited;
  const wallMs = performance.now() - startedAt;
  end.isOver = true;
  const peak = await watching;
  if (code !== 0) {
    throw new StackError(`${name} ended with ${signal ?? `code ${code ?? 0}`}: ${await shell.logTail()}`);
  }
  return { wallMs, peakMemory: peak };
}
