import type { JobList, ListedJob } from '../../../shared/job/schema.js';

/** The exports loaded so far, newest first. */
export interface Jobs {
  readonly items: readonly ListedJob[];
  /** Cursor of the next older page; null if there is none. */
  readonly nextCursor: string | null;
  /** Ids of all active exports, including any that aren't among the items. */
  readonly active: readonly string[];
  /** How many exports may be active at once. */
  readonly limit: number;
}

export const isUnfinished = ({ status }: ListedJob): boolean => status === 'QUEUED' || status === 'PROCESSING';

export const firstPage = (list: JobList): Jobs => ({
  items: list.exports,
  nextCursor: list.next_cursor,
  active: list.active_job_ids,
  limit: list.max_active_exports,
});

/** Replaces the newest page. Older items stay unless so many exports are new that there would be a gap. */
export function refreshed(before: Jobs, list: JobList): Jobs {
  const fresh = firstPage(list);
  const known = new Set(before.items.map(({ job_id }) => job_id));
  if (!fresh.items.some(({ job_id }) => known.has(job_id))) return fresh;
  const items = merge(before.items, fresh.items);
  return { ...fresh, items, nextCursor: items.length > fresh.items.length ? before.nextCursor : fresh.nextCursor };
}

/** Appends the next older page. */
export const withOlder = (before: Jobs, list: JobList): Jobs => ({
  ...before,
  items: merge(before.items, list.exports),
  nextCursor: list.next_cursor,
});

/** Replaces or adds one job. */
export function withJob(before: Jobs, job: ListedJob): Jobs {
  const others = before.active.filter((id) => id !== job.job_id);
  return {
    ...before,
    items: merge(before.items, [job]),
    active: isUnfinished(job) ? [...others, job.job_id] : others,
  };
}

/** Merges two lists, newest first. If both have an export, keeps its later view. */
function merge(before: readonly ListedJob[], later: readonly ListedJob[]): ListedJob[] {
  const byId = new Map([...before, ...later].map((job) => [job.job_id, job]));
  return [...byId.values()].sort((a, b) => compare(b.created_at, a.created_at) || compare(b.job_id, a.job_id));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
