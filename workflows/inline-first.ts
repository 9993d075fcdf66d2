import { CancellationScope } from '@temporalio/workflow';
import type { ControlActivities } from '../activities/index.js';
import type { Tuning } from '../shared/temporal/inputs.js';
import { controlActivities, inlineActivities } from './activity-options.js';
import type { StepLabel } from './steps.js';

/**
 * Steps that send a few requests to a database, the store or Temporal. They are safe to run twice, even after their
 * workflow run has ended.
 */
type ShortSteps = Pick<ControlActivities, 'claimSlot' | 'finishUpload' | 'openUpload' | 'publishExport'>;

/**
 * Runs a short step as a local activity, within the workflow task: a small export is mostly short steps, and needs half
 * as many tasks this way. A step that fails or takes too long runs again as an ordinary activity, where operators see
 * why it fails and can pause it.
 *
 * @param fallback makes the ordinary activity
 */
export async function inlineFirst<T>(
  tuning: Tuning,
  label: StepLabel,
  run: (steps: ShortSteps) => Promise<T>,
  fallback: (tuning: Tuning, label: StepLabel) => ShortSteps = controlActivities,
): Promise<T> {
  try {
    return await run(inlineActivities(label));
  } catch (error) {
    // A worker that is shutting down cancels its local activities too; that doesn't cancel the export.
    if (CancellationScope.current().consideredCancelled) throw error;
  }
  return run(fallback(tuning, label));
}
