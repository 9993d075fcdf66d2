import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Logger } from '../shared/process/logger.js';

/** Why a worker of several processes ended by itself. */
export class CopyError extends Error {
  override readonly name = 'CopyError';
}

/**
 * Runs copies of a program, each a process of its own, until they are told to stop. One that ends by itself takes the
 * others along, which drain: whatever restarts this process then restarts all of them, and nobody is short of one
 * without knowing.
 *
 * @param program `env`: what is different for the n-th of them, from 0
 * @param stop when they are to drain; they have no signals of the terminal
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
  // In a group of their own: an interrupt of the terminal reaches this process, which passes it on once.
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

/** Resolves when the process that runs this copy is gone, however it went; never in a process that is no copy. */
export function abandoned(): Promise<void> {
  return new Promise((resolve) => {
    process.once('disconnect', resolve);
  });
}
