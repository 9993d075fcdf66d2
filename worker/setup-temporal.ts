import { readCommandLine } from '../shared/process/command-line.js';
import { parseTemporalConfig } from '../shared/startup/config.js';
import { messageOf } from '../shared/errors.js';
import { runMain } from '../shared/process/process.js';
import { connectTemporal, temporalAddress, type TemporalClient } from '../shared/temporal/client.js';
import { setUpTemporal } from './set-up-temporal.js';

const USAGE = `npm run setup:temporal

Registers the search attributes and the retention schedule in TEMPORAL_NAMESPACE at TEMPORAL_ADDRESS. Safe to repeat.
With PAYLOAD_KEY, encrypts the service's schedules with its first key.`;

/** `npm run setup:temporal`: registers search attributes and the retention schedule in `TEMPORAL_NAMESPACE`. */
async function main(): Promise<void> {
  readCommandLine(process.argv.slice(2), { usage: USAGE, options: {} });
  let temporal: TemporalClient | undefined;
  try {
    const address = temporalAddress(parseTemporalConfig(process.env).PAYLOAD_KEY);
    temporal = connectTemporal(address);
    const needed = await setUpTemporal(temporal, address.namespace);
    process.stdout.write(`Namespace ${address.namespace} has the search attributes and the retention schedule.\n`);
    if (needed.size > 0) process.stdout.write(`Schedules still need these keys: ${[...needed].join(', ')}.\n`);
  } catch (error) {
    throw new Error(`Temporal couldn't be set up: ${messageOf(error)}`, { cause: error });
  } finally {
    await temporal?.close();
  }
}

await runMain(main, [Error]);
