import { findOnPath } from '../../dev/find-on-path.js';
import { StackError } from '../../dev/stack/stack-error.js';

/**
 * Prepares an independent program, or skips the test or suite, because not everybody has it. In CI it is installed
 * (`.ci/run`), and nothing is skipped.
 * @param work throws StackError with the reason if the program isn't available
 */
export async function orSkip<T>(context: Mocha.Context, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StackError) || process.env.CI === 'true') throw error;
    console.log(`      skipped: ${error.message}`);
    return context.skip();
  }
}

/** @throws StackError if there is no program with this name */
export async function needProgram(name: string): Promise<void> {
  if ((await findOnPath(name)) === undefined) throw new StackError(`${name} is not installed`);
}
