import { ServiceError } from '../../shared/errors.js';

/**
 * Compares the bytes written with the limit, because the plan knows only a sample of the rows.
 * @param bytes of the file so far
 * @throws ServiceError FILE_TOO_LARGE
 */
export function requireSize(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new ServiceError('FILE_TOO_LARGE', `The file is larger than the limit of ${maxBytes} bytes.`);
}
