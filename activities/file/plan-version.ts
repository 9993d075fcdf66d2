import type { LoadedFormat } from '../../shared/formats/load-format.js';
import { ServiceError } from '../../shared/errors.js';
import type { Plan } from '../../shared/job/plan-schema.js';
import type { Source } from '../../shared/source/source.js';

/**
 * Makes sure that all parts of a file come from the same version of its encoder.
 * @throws ServiceError PLAN_OUTDATED if the export must be planned again, WORKER_OUTDATED if it needs a newer worker
 */
export function requireVersion(plan: Pick<Plan, 'encoderVersion'>, { encoderVersion }: LoadedFormat): void {
  if (plan.encoderVersion < encoderVersion) {
    throw new ServiceError('PLAN_OUTDATED', 'The plan was made by an older encoder.', { encoderVersion });
  }
  if (plan.encoderVersion > encoderVersion) {
    throw new ServiceError('WORKER_OUTDATED', 'The plan was made by a newer encoder than this worker has.');
  }
}

/**
 * Makes sure that all hashes in a file use the same key.
 * @throws ServiceError WORKER_OUTDATED if the plan was made with another key
 */
export function requireMaskKey({ maskKeyId }: Pick<Plan, 'maskKeyId'>, source: Pick<Source, 'maskKeyId'>): void {
  if (maskKeyId === null || maskKeyId === source.maskKeyId) return;
  throw new ServiceError('WORKER_OUTDATED', 'The plan was made with a different MASK_KEY than this worker has.');
}
