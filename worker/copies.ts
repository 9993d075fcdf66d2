import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Logger } from '../shared/process/logger.js';

/** Thrown when one of a worker's processes ends by itself. */
export class CopyError extends Error {
  override readonly name = 'CopyError';
}

/**
 * Runs copies of a program, each in its own process, until they are told to stop. If one ends by itself, the others
 * drain and stop, too, so that the supervisor restarts all of them and a missing copy never goes unnoticed.
 * @param program `env`: extra variables for the n-th copy, from 0
 * @param stop resolves when the copies should drain; they receive no signals from the terminal
 * @throws CopyError when one ends by itself
 */
export async function runCopies(
  program: {
    readonly file: string;
    readonly args: readonly string[];
    readonly count: number;
    readonly env?: (n: number) => NodeJS.ProcessEnv;
  },
  stop: Promise<void>,
  logger: Logger,
): Promise<void> {
  const { file, args, count, env } = program;
  // In its own process group: Ctrl-C in the terminal reaches only this process, which forwards it once.
  const copies = Array.from({ length: count }, (_, n) =>
    fork(file, [...args], { detached: true, stdio: 'inherit', env: { ...process.env, ...env?.(n) } }),
  );
  logger.info({ pids: copies.map(({ pid }) => pid) }, 'copies');
  const ends = copies.map(async (copy) => {
    const [code, signal] = (await once(copy, 'exit')) as [number | null, NodeJS.Signals | null];
    return { pid: copy.pid, how: signal ?? `code ${code ?? 0}` };
  });
  const first = await Promise.race([stop, ...ends]);
  for (const copy of copies) end(copy);
  await Promise.all(ends);
  if (first !== undefined) throw new CopyError(`Worker process ${first.pid ?? 0} exited unexpectedly (${first.how}).`);
}

function end(copy: ChildProcess): void {
  if (copy.exitCode === null && copy.signalCode === null) copy.kill('SIGTERM');
}

/** Resolves when the parent process is gone, for any reason; never resolves in a process that is not a copy. */
export function abandoned(): Promise<void> {
  return new Promise((resolve) => {
    process.once('disconnect', resolve);
  });
}
