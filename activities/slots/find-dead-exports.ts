import type { ActivityDeps } from '../deps.js';
import { exportStatus, isOpen, START_MS } from './export-status.js';

type Deps = Pick<ActivityDeps, 'jobs' | 'temporal'>;

/** Returns those of the given exports that no longer run. */
export const findDeadExports =
  (deps: Deps) =>
  async ({ jobIds }: { jobIds: readonly string[] }): Promise<string[]> => {
    const dead = await Promise.all(jobIds.map((jobId) => isDead(deps, jobId)));
    return jobIds.filter((_, index) => dead[index]);
  };

async function isDead({ jobs, temporal }: Deps, jobId: string): Promise<boolean> {
  const status = await exportStatus(temporal.client, jobId);
  if (status !== 'NOT_FOUND') return !isOpen(status);
  // It may have been admitted a moment ago, by a semaphore that has ended since.
  const row = await jobs.find(jobId);
  return row?.status !== 'QUEUED' || Date.now() - row.created_at.getTime() > START_MS;
}
