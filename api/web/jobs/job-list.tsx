import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { ListedJob } from '../../../shared/job/schema.js';
import type { Client } from '../client.js';
import { headingId } from './heading-id.js';
import { JobItem } from './job-item.js';
import type { KnownJobs } from './use-jobs.js';
import type { Jobs } from './pages.js';

interface Props {
  readonly client: Client;
  readonly jobs: Jobs;
  readonly known: KnownJobs;
  /** An export that has been asked for and not been answered yet, as its heading; null: there is none. */
  readonly pending: string | null;
  /** Ids of exports that are not heard of at the moment. */
  readonly silent: readonly string[];
  readonly titleOf: (job: ListedJob) => string;
}

/** Active exports and those of before, newest first. */
export function JobList({ client, jobs, known, pending, silent, titleOf }: Props): VNode {
  const { items, nextCursor } = jobs;
  const [isLoading, setIsLoading] = useState(false);

  const showOlder = async (): Promise<void> => {
    if (isLoading) return;
    setIsLoading(true);
    const last = items.at(-1)?.job_id ?? '';
    await known.older();
    setIsLoading(false);
    // To the first of those that have come, when they are there.
    requestAnimationFrame(() => {
      const item = document.getElementById(headingId(last))?.closest('li')?.nextElementSibling;
      item?.querySelector<HTMLElement>('h3')?.focus();
    });
  };

  return (
    <section aria-labelledby="exports" class="exports">
      <h2 id="exports" tabIndex={-1}>
        Your exports
      </h2>
      <p class="problem" role="alert">
        {known.problem}
      </p>
      {items.length === 0 && pending === null ? <p class="hint">No exports yet.</p> : null}
      <ol class="jobs">
        {pending === null ? null : (
          <li class="job pending" aria-busy="true">
            <div class="row apart">
              <h3>{pending}</h3>
              <span class="badge">Starting</span>
            </div>
          </li>
        )}
        {items.map((job) => (
          <JobItem
            key={job.job_id}
            client={client}
            job={job}
            title={titleOf(job)}
            isStale={silent.includes(job.job_id)}
            onJob={known.put}
            onOutdated={known.refresh}
          />
        ))}
      </ol>
      {nextCursor === null ? null : (
        <button type="button" aria-disabled={isLoading} onClick={() => void showOlder()}>
          Show older exports
        </button>
      )}
    </section>
  );
}
