/**
 * `npm start [-- --once] [--reset]`: starts the whole service on this machine from scratch, and makes one export
 * through its public API.
 */
import { resolve } from 'node:path';
import { readCommandLine } from '../shared/process/command-line.js';
import { DEFAULT_ORDERS, parseOrders } from './sample-data/parse-orders.js';
import { runInterruptibly } from './interrupt.js';
import { shieldLocalServices, withVariables } from './start/caller-environment.js';
import { showStack } from './start/show-stack.js';
import { createProgress } from './stack/progress.js';
import { given } from './stack/stack-env.js';
import { LOCAL_DIR } from './stack/stack.js';

const USAGE = `npm start [-- --once] [--reset]

Runs the whole service on this machine: PostgreSQL, S3, Temporal, an inbox, the API and a worker, with sample data and
one sample export, until you press Ctrl-C. See docs/local-stack.md.

  --once    stop after the export
  --reset   delete the data of earlier runs: databases, files, histories

  SAMPLE_ORDERS=N     number of sample orders, ${DEFAULT_ORDERS.toLocaleString('en')} by default
  SAMPLE_TENANT=ID    the tenant, and
  SAMPLE_USER=ID      the user who exports and is signed in to the web page
  PORT=N              the API's port; by default 3000, or another one if it is taken
  LOCAL_STACK_DIR=D   folder for all data, .local by default`;

await runInterruptibly(async (signal) => {
  const { values } = readCommandLine(process.argv.slice(2), {
    usage: USAGE,
    options: { once: { type: 'boolean', default: false }, reset: { type: 'boolean', default: false } },
  });
  const { env } = process;
  const progress = createProgress(process.stdout);
  const dataDir = resolve(given(env, 'LOCAL_STACK_DIR') ?? LOCAL_DIR);
  shieldLocalServices();
  await withVariables(env, progress, () => {
    const orders = parseOrders(given(env, 'SAMPLE_ORDERS') ?? String(DEFAULT_ORDERS), 'SAMPLE_ORDERS');
    return showStack({ ...values, orders, dataDir, environment: env, progress, signal });
  });
});
