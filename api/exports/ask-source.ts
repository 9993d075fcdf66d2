import { ServiceError } from '../../shared/errors.js';

/**
 * Queries the source database while a request waits.
 * @param gone aborted when the client has disconnected
 * @throws ServiceError SOURCE_UNAVAILABLE when it takes longer than `limitMs`
 */
export async function askSource<T>(
  limitMs: number,
  ask: (signal: AbortSignal) => Promise<T>,
  gone?: AbortSignal,
): Promise<T> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await ask(gone === undefined ? limit : AbortSignal.any([limit, gone]));
  } catch (error) {
    if (!limit.aborted) throw error;
    throw new ServiceError('SOURCE_UNAVAILABLE', 'The source database took too long to respond.', {}, { cause: error });
  }
}
