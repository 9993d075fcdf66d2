/**
 * `npm run bench [-- --rows N] [--rounds N] [--only csv|latency]`: the service beside what else could do its work, on
 * this machine, in turns. See README.md in this folder.
 */
import { createProgress } from '../dev/stack/progress.js';
import { StackError } from '../dev/stack/stack-error.js';
import { parseOptions } from './options.js';
import { runBench } from './run-bench.js';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait; the watchdogs clean up.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  });
}

try {
  await runBench(parseOptions(process.argv.slice(2)), createProgress(process.stdout), interrupt.signal);
} catch (error) {
  process.exitCode = 1;
  if (interrupt.signal.aborted) {
    process.exitCode = 130;
    console.error('Interrupted.');
  } else if (error instanceof StackError || !(error instanceof Error)) {
    console.error(String(error instanceof Error ? error.message : error));
  } else {
    console.error(error.stack);
  }
}
