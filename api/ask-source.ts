import { ServiceError } from '../shared/errors.js';

/**
 * Asks the source database something that a request waits for.
 * @param gone aborted when the client has disconnected
 * @throws ServiceError SOURCE_UNAVAILABLE when that takes longer: it is as good as away
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
    throw new ServiceError('SOURCE_UNAVAILABLE', 'The source database takes too long.', {}, { cause: error });
  }
}
