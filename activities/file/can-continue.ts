import { ServiceError, type ErrorCode } from '../../shared/errors.js';
import { openSegment } from '../../shared/formats/file.js';
import { readPosition } from '../../shared/formats/file-spec.js';
import type { JobRow } from '../../shared/job/row.js';
import type { Plan } from '../../shared/job/plan-schema.js';
import type { ActivityDeps } from '../deps.js';
import { fileSpec } from './outlines.js';
import { requireVersion } from './plan-version.js';

const UNUSABLE: readonly ErrorCode[] = ['PLAN_OUTDATED', 'WORKER_OUTDATED'];

/** Whether this worker has what a plan was made with: its encoder, its mask key, its fonts and its logo. */
export async function canContinue(
  { plans, source, formatResources }: Pick<ActivityDeps, 'plans' | 'source' | 'formatResources'>,
  row: JobRow,
  plan: Plan,
): Promise<boolean> {
  try {
    source.requireMaskKey(plan.maskKeyId);
    const spec = await fileSpec(row, plan);
    requireVersion(plan, spec.format);
    const [first] = await plans.segments(row.job_id);
    if (first !== undefined) openSegment(spec, readPosition(spec, first.position), formatResources);
    return true;
  } catch (error) {
    if (error instanceof ServiceError && UNUSABLE.includes(error.code)) return false;
    throw error;
  }
}
