import { join } from 'node:path';
import { createProgress } from '../../dev/stack/progress.js';
import { LOCAL_DIR, startStack, type Stack } from '../../dev/stack/stack.js';

// On the global object: mocha loads the module that starts the stack, and the tests this one; should they ever get
// two copies of it (one by require, one by import), there must still be one stack.
const KEY = Symbol.for('export-service.test-stack');
const shared: typeof globalThis & { [KEY]?: Stack } = globalThis;

/** The services that every test of this run shares: real ones, in a folder that is removed at the end. */
export function stack(): Stack {
  const running = shared[KEY];
  if (running === undefined) throw new Error('The stack runs only under mocha, with test/support/global-setup.ts.');
  return running;
}

/** Starts it. Call once a process. */
export async function startTestStack(signal: AbortSignal): Promise<Stack> {
  const dataDir = join(LOCAL_DIR, `test-${process.pid}`);
  const started = await startStack({ dataDir, throwaway: true, progress: createProgress(process.stderr), signal });
  shared[KEY] = started;
  return started;
}
