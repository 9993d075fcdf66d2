import { setCurrentDetails, sleep } from '@temporalio/workflow';
import type { RetentionInput } from '../shared/temporal/inputs.js';
import { longControlActivities } from './activity-options.js';

/**
 * Repeats the sweep (`activities/retention/sweep.ts`) for `forMs`. A Temporal Schedule starts the next run within half
 * a minute of its end, whether it completed, timed out (its worker's version was removed) or was ended by an operator.
 */
export async function retentionWorkflow({ tuning, everyMs, forMs }: RetentionInput): Promise<void> {
  const { sweep } = longControlActivities(tuning);
  const endsAt = Date.now() + forMs;
  for (let sweeps = 1; ; sweeps += 1) {
    await sweep();
    setCurrentDetails(`${sweeps} sweeps; the last one ended at ${new Date(Date.now()).toISOString()}`);
    if (Date.now() + everyMs >= endsAt) return;
    await sleep(everyMs);
  }
}
