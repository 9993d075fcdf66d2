import { setCurrentDetails, sleep } from '@temporalio/workflow';
import type { RetentionInput } from '../shared/temporal/inputs.js';
import { longControlActivities } from './activity-options.js';

/**
 * Repeats the sweep (`activities/retention/sweep.ts`) for as long as its input says. A Temporal Schedule starts the next run
 * within half a minute, also after an operator or the removal of its worker's version has ended the last one.
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
