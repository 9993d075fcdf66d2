import type { SizeTuning } from '../../shared/temporal/inputs.js';
import { ServiceError } from '../../shared/errors.js';
import type { FilePlan } from './plan-file.js';

/**
 * Rejects a plan with too many rows, or too many bytes even if all rows are as short as those at one end of the key.
 * `size-limit.ts` checks the bytes that are actually written.
 * @throws ServiceError TOO_MANY_ROWS, FILE_TOO_LARGE
 */
export function requireLimits(
  files: readonly FilePlan[],
  { maxRows, maxBytes }: Pick<SizeTuning, 'maxRows' | 'maxBytes'>,
): void {
  const rows = sumOver(files, ({ totalRows }) => totalRows);
  if (rows > maxRows) {
    throw new ServiceError('TOO_MANY_ROWS', `The export has ${rows} rows; at most ${maxRows} are allowed.`);
  }
  const bytes = sumOver(files, ({ totalRows, leastRowBytes }) => totalRows * leastRowBytes);
  if (bytes > maxBytes) {
    throw new ServiceError(
      'FILE_TOO_LARGE',
      `The file would have about ${Math.ceil(bytes)} bytes; at most ${maxBytes} are allowed.`,
    );
  }
}

export const sumOver = (files: readonly FilePlan[], of: (file: FilePlan) => number): number =>
  files.reduce((sum, file) => sum + of(file), 0);
