import { reportFailure } from '../shared/process/process.js';
import { StackError } from './stack/stack-error.js';

/**
 * Runs a program that shuts down cleanly on the first interrupt, and sets the exit code to 130 if that happened.
 * @param work gets a signal that aborts on the first interrupt. A second one ends the program at once, and watchdogs
 * clean up.
 */
export async function runInterruptibly(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (interrupt.signal.aborted) process.exit(130);
      interrupt.abort();
    });
  }
  try {
    await work(interrupt.signal);
  } catch (error) {
    process.exitCode = interrupt.signal.aborted ? 130 : reportFailure(error, [StackError]);
    if (interrupt.signal.aborted) console.error('Interrupted.');
  }
}
