import { S3ServiceException } from '@aws-sdk/client-s3';
import { ServiceError, messageOf } from '../errors.js';

export function isStoreError(error: unknown, ...names: readonly string[]): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  // HEAD has no body, so that its errors have a status and no name of their own.
  return names.includes(error.name) || (names.includes('NotFound') && error.$metadata.httpStatusCode === 404);
}

/** Requests that would be refused again: the bytes are wrong, or the store thinks so. */
const REFUSED = ['BadDigest', 'EntityTooSmall', 'EntityTooLarge', 'InvalidPart', 'InvalidPartOrder', 'InvalidRequest'];

/** Runs object store work; its faults leave as STORAGE_UNAVAILABLE or STORAGE_REFUSED, with a sentence. */
export async function namingStoreFaults<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    if (error instanceof Error && error.name === 'AbortError') throw error;
    if (isStoreError(error, 'NoSuchBucket')) {
      throw new ServiceError('STORAGE_UNAVAILABLE', `${what} does not exist.`, {}, { cause: error });
    }
    const code = isStoreError(error, ...REFUSED) ? 'STORAGE_REFUSED' : 'STORAGE_UNAVAILABLE';
    const status =
      error instanceof S3ServiceException ? ` (${error.name}, ${error.$metadata.httpStatusCode ?? 0})` : '';
    throw new ServiceError(
      code,
      `${what} does not answer as it should: ${messageOf(error)}${status}.`,
      {},
      { cause: error },
    );
  }
}
