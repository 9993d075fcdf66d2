import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { ListedJob } from '../../../shared/job/schema.js';
import type { Client } from '../client.js';
import { FindExports } from './find-exports.js';
import { headingId } from './heading-id.js';
import { JobItem } from './job-item.js';
import { useFound } from './use-found.js';
import type { KnownJobs } from './use-jobs.js';
import type { Jobs } from './pages.js';

interface Props {
  readonly client: Client;
  readonly jobs: Jobs;
  readonly known: KnownJobs;
  /** Heading of an export that is being started; null if there is none. */
  readonly pending: string | null;
  /** Ids of exports whose event stream is disconnected. */
  readonly silent: readonly string[];
  readonly titleOf: (job: ListedJob) => string;
}

/** With at least this many exports, the list can be searched by name. */
const MANY = 5;

const latest = (items: readonly ListedJob[], found: ListedJob): ListedJob =>
  items.find(({ job_id }) => job_id === found.job_id) ?? found;

/** All exports of the user, newest first, or those with a certain name. */
export function ExportList({ client, jobs, known, pending, silent, titleOf }: Props): VNode {
  const { items, nextCursor } = jobs;
  const [isLoading, setIsLoading] = useState(false);
  const [text, setText] = useState('');
  const found = useFound(client, text);
  // The list knows the latest state of active exports.
  const shown = found === null ? items : found.jobs.map((job) => latest(items, job));

  const showOlder = async (): Promise<void> => {
    if (isLoading) return;
    setIsLoading(true);
    const last = items.at(-1)?.job_id ?? '';
    await known.older();
    setIsLoading(false);
    // Move the focus to the first of the older exports once they are rendered.
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
      {items.length >= MANY || text !== '' ? <FindExports text={text} found={found} onText={setText} /> : null}
      {items.length === 0 && pending === null ? (
        <p class="hint">No exports yet. Finished files stay here until their link expires.</p>
      ) : null}
      <ol class="jobs">
        {pending === null ? null : (
          <li class="job pending" aria-busy="true">
            <div class="row apart">
              <h3>{pending}</h3>
              <span class="badge">Starting</span>
            </div>
          </li>
        )}
        {shown.map((job) => (
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
      {nextCursor === null || found !== null ? null : (
        <button type="button" aria-disabled={isLoading} onClick={() => void showOlder()}>
          Show older exports
        </button>
      )}
    </section>
  );
}
