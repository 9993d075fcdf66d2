import { parseTemporalConfig } from '../shared/config.js';
import { messageOf } from '../shared/errors.js';
import { connectTemporal, temporalAddress, type TemporalClient } from '../shared/infrastructure/temporal.js';
import { setUpTemporal } from './set-up-temporal.js';

/** `npm run setup:temporal`: search attributes and the retention schedule in `TEMPORAL_NAMESPACE`. */
let temporal: TemporalClient | undefined;
try {
  const address = temporalAddress(parseTemporalConfig(process.env).PAYLOAD_KEY);
  temporal = connectTemporal(address);
  await setUpTemporal(temporal, address.namespace);
  process.stdout.write(`Search attributes and the retention schedule are in namespace ${address.namespace}.\n`);
} catch (error) {
  process.stderr.write(`Temporal could not be set up: ${messageOf(error)}\n`);
  process.exitCode = 1;
} finally {
  await temporal?.close();
}
