import { deleteObjectsOf } from '../../shared/job/delete-objects.js';
import type { JobRow } from '../../shared/job/row.js';
import type { ActivityDeps } from '../deps.js';

type Deps = Pick<ActivityDeps, 'jobs' | 'store'>;

/**
 * Deletes everything that belongs to an ended job: its objects, then its row with segments and deliveries.
 * @returns whether there was a file that its user could still have downloaded
 */
export async function removeJob(
  { jobs, store }: Deps,
  row: JobRow,
  signal: AbortSignal,
): Promise<{ hadFile: boolean }> {
  const { job_id: jobId, file_deleted_at: deletedAt, status } = row;
  await deleteObjectsOf(row, store, signal);
  await jobs.remove(jobId);
  return { hadFile: status === 'COMPLETED' && deletedAt === null };
}
