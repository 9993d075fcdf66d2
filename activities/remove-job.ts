import { fileKey, temporaryPrefix } from '../shared/contract.js';
import { fileKind } from '../shared/formats/file-kind.js';
import { FORMATS } from '../shared/formats/index.js';
import type { JobRow } from '../shared/infrastructure/job-row.js';
import type { ActivityDeps } from './deps.js';

type Deps = Pick<ActivityDeps, 'jobs' | 'store'>;

/**
 * Nothing of an ended job stays: its uploads, its file, its held pieces, then its row with segments and deliveries. What
 * has gone already, by a lifecycle rule say, is no error.
 * @returns whether there was a file that its user could still have fetched
 */
export async function removeJob({ jobs, store }: Deps, row: JobRow): Promise<{ hadFile: boolean }> {
  const { job_id: jobId, file_deleted_at: deletedAt, status } = row;
  // Uploads first: one that is completed a moment later would leave a file behind.
  const key = keyOf(row);
  if (key !== null) {
    await store.abortUploadsOf(key);
    await store.delete(key);
  }
  await store.deleteAll(temporaryPrefix(jobId));
  await jobs.remove(jobId);
  return { hadFile: status === 'COMPLETED' && deletedAt === null };
}

/** A job that never had a plan may have had a file of a run before; one of a format that is unknown here has none. */
function keyOf(row: JobRow): string | null {
  if (row.file_key !== null) return row.file_key;
  return FORMATS.has(row.format) ? fileKey(row.user_id, row.job_id, fileKind(row).extension) : null;
}
