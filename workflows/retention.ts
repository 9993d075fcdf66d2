import { setCurrentDetails, sleep } from '@temporalio/workflow';
import type { RetentionInput } from '../shared/contract.js';
import { longControlActivities } from './activity-options.js';

/**
 * Sweeps, one after the other, for as long as it was started for: files past their link, uploads and temporary objects
 * past their time, and jobs whose export and semaphore are both gone. A Temporal Schedule starts the next run, so that a
 * run which an operator ends, or whose worker's version goes, is missed for half a minute only.
 */
export async function retentionWorkflow({ tuning, everyMs, forMs }: RetentionInput): Promise<void> {
  const { sweep } = longControlActivities(tuning);
  const endsAt = Date.now() + forMs;
  for (let sweeps = 1; ; sweeps += 1) {
    await sweep({ tuning });
    setCurrentDetails(`${sweeps} sweeps, the last one ended at ${new Date(Date.now()).toISOString()}`);
    if (Date.now() + everyMs >= endsAt) return;
    await sleep(everyMs);
  }
}
