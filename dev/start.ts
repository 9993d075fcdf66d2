/**
 * `npm start [-- --once]`: the whole service on this machine, from nothing, and one export through its public API.
 * `SAMPLE_ORDERS` says how many orders there are to export.
 */
import { parseArgs } from 'node:util';
import { DEFAULT_ORDERS, parseOrders } from './sample-data/parse-orders.js';
import { interruptSignal } from './interrupt.js';
import { showStack } from './start/show-stack.js';
import { createProgress } from './stack/progress.js';
import { StackError } from './stack/stack-error.js';

const interrupted = interruptSignal();

try {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
  const { SAMPLE_ORDERS: sample = String(DEFAULT_ORDERS) } = process.env;
  await showStack({
    orders: parseOrders(sample, 'SAMPLE_ORDERS'),
    once: values.once,
    progress: createProgress(process.stdout),
    signal: interrupted,
  });
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
