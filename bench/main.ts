/**
 * `npm run bench [-- --rows N] [--rounds N] [--only csv,json,…|all]`: compares the service with alternatives, taking
 * turns on this machine. See README.md in this folder.
 */
import { runInterruptibly } from '../dev/interrupt.js';
import { createProgress } from '../dev/stack/progress.js';
import { parseOptions } from './options.js';
import { runBench } from './run-bench.js';

await runInterruptibly((signal) =>
  runBench(parseOptions(process.argv.slice(2)), createProgress(process.stdout), signal),
);
