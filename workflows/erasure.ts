import type { ErasureCounts, UserRef } from '../shared/contract.js';
import { DEFAULT_TUNING } from '../shared/temporal/tuning.js';
import { longControlActivities } from './activity-options.js';

/** Erases a user, `erasure/{tenant}/{user}`. It goes on if the client disconnects or a worker dies. */
export async function erasureWorkflow(user: UserRef): Promise<ErasureCounts> {
  return longControlActivities(DEFAULT_TUNING).eraseUser(user);
}
