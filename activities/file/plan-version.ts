import type { LoadedFormat } from '../../shared/formats/load-format.js';
import { ServiceError } from '../../shared/errors.js';
import type { Plan } from '../../shared/job/plan-schema.js';

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
