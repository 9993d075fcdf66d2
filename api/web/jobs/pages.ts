import type { JobList, ListedJob } from '../../../shared/job/schema.js';

/** The exports that the page knows, newest first, without the ones that it has not been shown yet. */
export interface Jobs {
  readonly items: readonly ListedJob[];
  /** Of what is older than all of them; null: nothing is. */
  readonly nextCursor: string | null;
  /** Ids of active ones, also of those that are not among the items. */
  readonly active: readonly string[];
  /** So many may be active. */
  readonly limit: number;
}

export const isActive = ({ status }: ListedJob): boolean => status === 'QUEUED' || status === 'PROCESSING';

export const firstPage = (list: JobList): Jobs => ({
  items: list.exports,
  nextCursor: list.next_cursor,
  active: list.active_job_ids,
  limit: list.max_active_exports,
});

/** The newest page again: what is further down stays, unless so much has come that there would be a gap. */
export function refreshed(before: Jobs, list: JobList): Jobs {
  const fresh = firstPage(list);
  const known = new Set(before.items.map(({ job_id }) => job_id));
  if (!fresh.items.some(({ job_id }) => known.has(job_id))) return fresh;
  const items = merge(before.items, fresh.items);
  return { ...fresh, items, nextCursor: items.length > fresh.items.length ? before.nextCursor : fresh.nextCursor };
}

/** One more page at the end. */
export const grown = (before: Jobs, list: JobList): Jobs => ({
  ...before,
  items: merge(before.items, list.exports),
  nextCursor: list.next_cursor,
});

/** What has just been heard of one of them. */
export function withJob(before: Jobs, job: ListedJob): Jobs {
  const others = before.active.filter((id) => id !== job.job_id);
  return {
    ...before,
    items: merge(before.items, [job]),
    active: isActive(job) ? [...others, job.job_id] : others,
  };
}

/** The later of two views of the same export counts. */
function merge(before: readonly ListedJob[], later: readonly ListedJob[]): ListedJob[] {
  const byId = new Map([...before, ...later].map((job) => [job.job_id, job]));
  return [...byId.values()].sort((a, b) => compare(b.created_at, a.created_at) || compare(b.job_id, a.job_id));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
