import type { Tuning } from '../shared/contract.js';
import { controlActivities } from './activity-options.js';

/** One sweep, started by a Temporal Schedule: files past their link, uploads and temporary objects past their time. */
export async function retentionWorkflow({ tuning }: { tuning: Tuning }): Promise<void> {
  await controlActivities(tuning).sweep();
}
