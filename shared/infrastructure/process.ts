import { messageOf } from '../errors.js';

/** Resolves at the first signal to stop; the second ends the process at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve();
      });
    }
  });
}

type ErrorClass = abstract new (...args: never[]) => Error;

/**
 * Runs a process and ends it.
 * @param plain errors whose message is a sentence for whoever started the process; others show where they come from
 */
export async function runMain(main: () => Promise<void>, plain: readonly ErrorClass[]): Promise<never> {
  try {
    await main();
  } catch (error) {
    const isPlain = plain.some((kind) => error instanceof kind);
    const text = error instanceof Error && !isPlain ? (error.stack ?? error.message) : messageOf(error);
    process.stderr.write(`${text}\n`);
    process.exit(1);
  }
  // Everything is closed by now; the Temporal client's own retries would throw at channels that are.
  process.exit();
}
