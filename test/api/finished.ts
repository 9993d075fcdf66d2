import type { FinishedFile } from '../../shared/contract.js';

/** A file as an export leaves it, for tests that need the row of a COMPLETED export. */
export const FINISHED: FinishedFile = {
  rowCount: 5,
  fileKey: 'k',
  fileSize: 50,
  checksum: 'crc32:0a1b2c3d',
  warnings: [],
};
