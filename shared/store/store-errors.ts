import { S3ServiceException } from '@aws-sdk/client-s3';
import { ServiceError, messageOf } from '../errors.js';

export function isStoreError(error: unknown, ...names: readonly string[]): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  // HEAD responses have no body, so their errors have a status but no name.
  return names.includes(error.name) || (names.includes('NotFound') && error.$metadata.httpStatusCode === 404);
}

/**
 * Client errors that a retry may fix: the cause is the clock, temporary credentials, the network or a concurrent
 * request. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const PASSING: readonly string[] = [
  'ConditionalRequestConflict',
  'ExpiredToken',
  'IncompleteBody',
  'NoSuchBucket',
  'OperationAborted',
  'RequestExpired',
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'SlowDown',
  'ThrottlingException',
  'TokenRefreshRequired',
];

/** The SDK's name for an error without a body. Amazon answers HEAD with a bare 400 if credentials have expired, too. */
const NAMELESS = 'Unknown';

/** Whether the request itself is wrong, so that every retry would fail the same way. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof S3ServiceException) || PASSING.includes(error.name)) return false;
  const { httpStatusCode: status = 0 } = error.$metadata;
  // 404: what is missing may be created again. 408 and 429 ask for a retry.
  const mayPass = status === 404 || status === 408 || status === 429 || (status === 400 && error.name === NAMELESS);
  return status === 501 || error.name === 'PermanentRedirect' || (status >= 400 && status < 500 && !mayPass);
}

/** Runs object store work and converts its errors to STORAGE_UNAVAILABLE or STORAGE_REFUSED, with a sentence. */
export async function namingStoreFaults<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    if (error instanceof Error && error.name === 'AbortError') throw error;
    if (isStoreError(error, 'NoSuchBucket')) {
      throw new ServiceError('STORAGE_UNAVAILABLE', `${what} does not exist.`, {}, { cause: error });
    }
    const status =
      error instanceof S3ServiceException ? ` (${error.name}, ${error.$metadata.httpStatusCode ?? 0})` : '';
    throw new ServiceError(
      isFinal(error) ? 'STORAGE_REFUSED' : 'STORAGE_UNAVAILABLE',
      `${what} is not responding as expected: ${messageOf(error)}${status}.`,
      {},
      { cause: error },
    );
  }
}
