import type { Owner } from '../shared/datasets/query.js';
import { ServiceError } from '../shared/errors.js';
import { PERMISSION_MS, requirePermission } from '../shared/infrastructure/require-permission.js';
import type { ApiDeps } from './deps.js';

/**
 * Asks the source database something that a request waits for.
 * @throws ServiceError SOURCE_UNAVAILABLE when that takes longer: it is as good as away
 */
export async function askSource<T>(limitMs: number, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(limitMs);
  try {
    return await ask(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new ServiceError('SOURCE_UNAVAILABLE', 'The source database takes too long.', {}, { cause: error });
  }
}

/** @see requirePermission */
export const askPermission = (deps: ApiDeps, type: string, user: Required<Owner>): Promise<void> =>
  askSource(PERMISSION_MS, (signal) => requirePermission(deps, type, user, signal));
