import type { ErasureCounts, UserRef } from '../shared/contract.js';
import { DEFAULT_TUNING } from '../shared/tuning.js';
import { longControlActivities } from './activity-options.js';

/** Forgets a user, `erasure/{tenant}/{user}`: whoever asked for it may have gone, and a worker may die in the middle. */
export async function erasureWorkflow(user: UserRef): Promise<ErasureCounts> {
  return longControlActivities(DEFAULT_TUNING).eraseUser(user);
}
