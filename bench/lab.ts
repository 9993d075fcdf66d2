import { cleanUpAfter, findLeftovers } from '../dev/stack/leftovers.js';
import type { Progress } from '../dev/stack/progress.js';
import { StackError } from '../dev/stack/stack-error.js';
import { BENCH_DIR, removeOutput, startBenchStack, type BenchStack } from './bench-stack.js';
import { compile } from './compile.js';
import { Programs } from './programs.js';

/** Shared by all rows of the table. */
export interface Lab {
  readonly stack: BenchStack;
  readonly programs: Programs;
  /** The folder of the compiled service. */
  readonly dist: string;
  readonly progress: Progress;
  /** Ends the benchmark at any time. */
  readonly signal: AbortSignal;
}

/** Opens a lab, runs `work` in it, and leaves no process behind. */
export async function inLab<T>(progress: Progress, signal: AbortSignal, work: (lab: Lab) => Promise<T>): Promise<T> {
  if (process.platform !== 'linux') throw new StackError('The benchmark reads CPU time and memory from Linux’s /proc.');
  for (const leftover of await findLeftovers([BENCH_DIR])) await cleanUpAfter(leftover);
  // The run's record is a lock: only its holder may build and delete in this folder.
  const programs = await Programs.open(BENCH_DIR, signal);
  try {
    const dist = await progress.step('Building the service', () => compile(signal));
    // Left by a run that was killed.
    await removeOutput();
    const stack = await startBenchStack(progress, signal);
    try {
      return await work({ stack, programs, dist, progress, signal });
    } finally {
      // Stop the programs first: they drain into services that still run.
      await progress.step('Stopping', async () => {
        await programs.stop();
        await stack.stop();
      });
      await removeOutput();
    }
  } finally {
    await programs.close();
  }
}
