import { ServiceError } from '../shared/errors.js';

/**
 * Holds what is really written against the limit of the plan: a sample of rows cannot tell it.
 * @param bytes of the file so far
 * @throws ServiceError FILE_TOO_LARGE
 */
export function requireSize(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new ServiceError('FILE_TOO_LARGE', `The file is larger than ${maxBytes} bytes, the most that is allowed.`);
}
