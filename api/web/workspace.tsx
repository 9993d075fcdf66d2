import type { VNode } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { Choices } from '../../shared/request/choices-schema.js';
import type { ListedJob } from '../../shared/job/schema.js';
import { useAnnounce } from './announce.js';
import type { Client } from './client.js';
import { headingId } from './jobs/heading-id.js';
import { JobList } from './jobs/job-list.js';
import { isActive } from './jobs/pages.js';
import { ending } from './jobs/status.js';
import { useJobs } from './jobs/use-jobs.js';
import { useWatches } from './jobs/use-watches.js';
import { NewExport } from './new-export/new-export.js';
import { sentenceOf } from './refusal.js';

const NONE: readonly string[] = [];

/** What somebody who is signed in sees: a form for an export, and their exports. */
export function Workspace({ client }: { readonly client: Client }): VNode {
  const announce = useAnnounce();
  const { choices, problem, retry } = useChoices(client);
  const known = useJobs(client);
  const [pending, setPending] = useState<string | null>(null);

  const titles = useMemo(
    () => new Map([...(choices?.datasets ?? []), ...(choices?.bundles ?? [])].map(({ name, title }) => [name, title])),
    [choices],
  );
  const titleOf = useCallback(({ type }: Pick<ListedJob, 'type'>) => titles.get(type) ?? type, [titles]);
  const { put, refresh } = known;
  const onJob = useCallback(
    (job: ListedJob) => {
      put(job);
      if (!isActive(job)) announce(ending(job, titleOf(job)));
    },
    [put, announce, titleOf],
  );
  const silent = useWatches(client, known.jobs?.active ?? NONE, onJob);

  const follow = async (heading: string, started: Promise<ListedJob | null>): Promise<void> => {
    setPending(heading);
    const job = await started;
    setPending(null);
    if (job === null) {
      refresh();
      return;
    }
    put(job);
    announce(`${heading} has started.`);
    requestAnimationFrame(() => document.getElementById(headingId(job.job_id))?.focus());
  };

  if (choices === null || known.jobs === null) {
    const why = problem === '' ? known.problem : problem;
    return (
      <main key="loading" class="loading">
        <h1>{why === '' ? 'Loading…' : 'Not loaded'}</h1>
        <p role="status">{why}</p>
        {why === '' ? null : (
          <button
            type="button"
            onClick={() => {
              retry();
              refresh();
            }}
          >
            Try again
          </button>
        )}
      </main>
    );
  }
  const { jobs } = known;
  return (
    <main key="workspace" class="workspace">
      <NewExport
        client={client}
        choices={choices}
        active={jobs.active.length}
        limit={jobs.limit}
        onStart={(body, started) => void follow(`${titleOf(body)} as ${body.format}`, started)}
      />
      <JobList client={client} jobs={jobs} known={known} pending={pending} silent={silent} titleOf={titleOf} />
    </main>
  );
}

function useChoices(client: Client): { choices: Choices | null; problem: string; retry: () => void } {
  const [choices, setChoices] = useState<Choices | null>(null);
  const [problem, setProblem] = useState('');
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const gone = new AbortController();
    client.choices(gone.signal).then(setChoices, (error: unknown) => {
      if (!gone.signal.aborted) setProblem(sentenceOf(error));
    });
    return () => {
      gone.abort();
    };
  }, [client, tries]);
  const retry = (): void => {
    setProblem('');
    setTries((before) => before + 1);
  };
  return { choices, problem, retry };
}
