import { CancellationScope } from '@temporalio/workflow';
import type { ControlActivities } from '../activities/index.js';
import type { Tuning } from '../shared/contract.js';
import { controlActivities, inlineActivities } from './activity-options.js';
import { isInline, type ShownAs } from './visible.js';

/** Those that ask a database, the store or Temporal a few things, and may be made twice, or for a run that has ended. */
type ShortSteps = Pick<ControlActivities, 'claimSlot' | 'finishUpload' | 'openUpload' | 'publishExport'>;

/**
 * Makes a short step within the workflow task, as a local activity: an export of a few rows is mostly such steps, and
 * needs half of the tasks then. One that fails or takes too long becomes an activity of its own, which operators see,
 * with what it fails of, and steer.
 *
 * @param patiently the activity that it becomes
 */
export async function inlineFirst<T>(
  tuning: Tuning,
  shown: ShownAs,
  make: (steps: ShortSteps) => Promise<T>,
  patiently: (tuning: Tuning, shown: ShownAs) => ShortSteps = controlActivities,
): Promise<T> {
  if (isInline()) {
    try {
      return await make(inlineActivities(shown));
    } catch (error) {
      // A worker that stops cancels what it runs, too: that is no cancel of the export.
      if (CancellationScope.current().consideredCancelled) throw error;
    }
  }
  return make(patiently(tuning, shown));
}
