import { messageOf } from '../shared/errors.js';
import { connectTemporal, temporalAddress } from '../shared/infrastructure/temporal.js';
import { setUpTemporal } from './set-up-temporal.js';

/** `npm run setup:temporal`: search attributes and the retention schedule in `TEMPORAL_NAMESPACE`. */
const address = temporalAddress();
const temporal = connectTemporal(address);
try {
  await setUpTemporal(temporal, address.namespace);
  process.stdout.write(`Search attributes and the retention schedule are in namespace ${address.namespace}.\n`);
} catch (error) {
  process.stderr.write(`Temporal could not be set up: ${messageOf(error)}\n`);
  process.exitCode = 1;
} finally {
  await temporal.close();
}
