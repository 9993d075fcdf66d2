import type { VNode } from 'preact';
import { useCallback, useMemo, useState } from 'preact/hooks';
import type { Choices } from '../../shared/request/choices-schema.js';
import type { ListedJob } from '../../shared/job/schema.js';
import { useAnnounce, type Announce } from './announce.js';
import type { Client } from './client.js';
import { headingId } from './jobs/heading-id.js';
import { ExportList } from './jobs/job-list.js';
import { isUnfinished } from './jobs/pages.js';
import { ending } from './jobs/status.js';
import { useJobs, type KnownJobs } from './jobs/use-jobs.js';
import { useWatches } from './jobs/use-watches.js';
import { Loading } from './loading.js';
import { NewExport } from './new-export/new-export.js';
import { useChoices } from './use-choices.js';

const NONE: readonly string[] = [];

/** The page of a signed-in user: a form for a new export, and the user's exports. */
export function Workspace({ client }: { readonly client: Client }): VNode {
  const announce = useAnnounce();
  const { choices, problem, retry } = useChoices(client);
  const known = useJobs(client);
  const titleOf = useTitles(choices);
  const { put, refresh } = known;
  const onJob = useCallback(
    (job: ListedJob) => {
      put(job);
      if (!isUnfinished(job)) announce(ending(job, titleOf(job)));
    },
    [put, announce, titleOf],
  );
  const silent = useWatches(client, known.jobs?.active ?? NONE, onJob);
  const { pending, follow } = useFollow(known, announce);

  if (choices === null || known.jobs === null) {
    const retryAll = (): void => {
      retry();
      refresh();
    };
    return <Loading problem={problem === '' ? known.problem : problem} onRetry={retryAll} />;
  }
  const { jobs } = known;
  return (
    <main key="workspace" class="workspace">
      <NewExport
        client={client}
        choices={choices}
        active={jobs.active.length}
        limit={jobs.limit}
        onStart={(body, started) => void follow(body.name ?? `${titleOf(body)} as ${body.format}`, started)}
      />
      <ExportList client={client} jobs={jobs} known={known} pending={pending} silent={silent} titleOf={titleOf} />
    </main>
  );
}

/** Looks up the title of a dataset or bundle by its `type`. */
function useTitles(choices: Choices | null): (job: Pick<ListedJob, 'type'>) => string {
  const titles = useMemo(
    () => new Map([...(choices?.datasets ?? []), ...(choices?.bundles ?? [])].map(({ name, title }) => [name, title])),
    [choices],
  );
  return useCallback(({ type }: Pick<ListedJob, 'type'>) => titles.get(type) ?? type, [titles]);
}

interface Follow {
  /** Heading of the export that is being started; null if there is none. */
  readonly pending: string | null;
  /** Shows the heading until the export has started, then moves the focus to the new export. */
  readonly follow: (heading: string, started: Promise<ListedJob | null>) => Promise<void>;
}

function useFollow({ put, refresh }: KnownJobs, announce: Announce): Follow {
  const [pending, setPending] = useState<string | null>(null);
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
  return { pending, follow };
}
