import type { Tuning } from '../shared/contract.js';
import { longControlActivities } from './activity-options.js';

/**
 * One sweep, started by a Temporal Schedule: files past their link, uploads and temporary objects past their time, and
 * jobs whose export and semaphore are both gone.
 */
export async function retentionWorkflow({ tuning }: { tuning: Tuning }): Promise<void> {
  await longControlActivities(tuning).sweep({ tuning });
}
