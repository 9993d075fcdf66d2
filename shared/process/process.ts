import { HelpRequest, UsageError } from './command-line.js';
import { messageOf } from '../errors.js';
import { checkNode, UnsupportedNodeError } from './service-version.js';

/** Resolves at the first signal to stop; the second one exits immediately. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (isStopping) process.exit(1);
        isStopping = true;
        resolve();
      });
    }
  });
}

type ErrorClass = abstract new (...args: never[]) => Error;

/**
 * Runs a process and exits.
 * @param plain errors whose message is a sentence for the operator; others are printed with their stack
 */
export async function runMain(main: () => Promise<void>, plain: readonly ErrorClass[]): Promise<never> {
  try {
    checkNode();
    await main();
  } catch (error) {
    process.exit(reportFailure(error, [...plain, UnsupportedNodeError]));
  }
  // Everything is closed. Without exit(), the Temporal client's retries would fail on closed channels.
  process.exit();
}

/**
 * Prints why a command failed: a sentence for a plain error, also the usage if the arguments were wrong, and the stack
 * for any other error.
 * @returns the exit code
 */
export function reportFailure(error: unknown, plain: readonly ErrorClass[]): 0 | 1 {
  if (error instanceof HelpRequest) {
    process.stdout.write(`Usage: ${error.usage}\n`);
    return 0;
  }
  const isPlain = error instanceof UsageError || plain.some((kind) => error instanceof kind);
  const text = error instanceof Error && !isPlain ? (error.stack ?? error.message) : messageOf(error);
  process.stderr.write(`${text}\n${error instanceof UsageError ? `Usage: ${error.usage}\n` : ''}`);
  return 1;
}
