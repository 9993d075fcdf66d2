import { findOnPath } from '../../dev/find-on-path.js';
import { StackError } from '../../dev/stack/stack-error.js';

/**
 * What an independent program needs, or the test or suite is skipped: not everybody has it. In CI it is installed
 * (`.ci/run`), and nothing is skipped.
 * @param work throws StackError, saying why, where the program is not to be had
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

/** @throws StackError when there is no program of that name */
export async function needProgram(name: string): Promise<void> {
  if ((await findOnPath(name)) === undefined) throw new StackError(`${name} is not installed`);
}
