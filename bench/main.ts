/**
 * `npm run bench [-- --rows N] [--rounds N] [--only csv,json,…|all]`: the service beside what else could do its work, on
 * this machine, in turns. See README.md in this folder.
 */
import { interruptSignal } from '../dev/interrupt.js';
import { createProgress } from '../dev/stack/progress.js';
import { StackError } from '../dev/stack/stack-error.js';
import { parseOptions } from './options.js';
import { runBench } from './run-bench.js';

const interrupted = interruptSignal();

try {
  await runBench(parseOptions(process.argv.slice(2)), createProgress(process.stdout), interrupted);
} catch (error) {
  process.exitCode = 1;
  if (interrupted.aborted) {
    process.exitCode = 130;
    console.error('Interrupted.');
  } else if (error instanceof StackError || !(error instanceof Error)) {
    console.error(String(error instanceof Error ? error.message : error));
  } else {
    console.error(error.stack);
  }
}
