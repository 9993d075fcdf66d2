import type { ErasureCounts } from '../shared/contract.js';
import type { ErasureInput } from '../shared/temporal/inputs.js';
import { DEFAULT_TUNING } from '../shared/temporal/tuning.js';
import { longControlActivities } from './activity-options.js';

/** Erases a user, `erasure/{tenant}/{user}`. It goes on if the client disconnects or a worker dies. */
export async function erasureWorkflow(input: ErasureInput): Promise<ErasureCounts> {
  return longControlActivities(DEFAULT_TUNING).eraseUser(input);
}
