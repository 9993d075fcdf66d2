import { useCallback, useEffect, useState } from 'preact/hooks';
import type { ListedJob } from '../../../shared/job/schema.js';
import type { Client } from '../client.js';
import { describeRefusal } from '../refusal.js';
import { firstPage, withOlder, refreshed, withJob, type Jobs } from './pages.js';

export interface KnownJobs {
  /** Null until the service has answered. */
  readonly jobs: Jobs | null;
  /** Why loading failed, in a sentence; empty if it didn't. */
  readonly problem: string;
  readonly refresh: () => void;
  /** Loads the next older page. Never rejects. */
  readonly older: () => Promise<void>;
  readonly put: (job: ListedJob) => void;
}

export function useJobs(client: Client): KnownJobs {
  const [jobs, setJobs] = useState<Jobs | null>(null);
  const [problem, setProblem] = useState('');

  const refresh = useCallback(() => {
    client.list(null).then(
      (list) => {
        setProblem('');
        setJobs((before) => (before === null ? firstPage(list) : refreshed(before, list)));
      },
      (error: unknown) => {
        setProblem(describeRefusal(error));
      },
    );
  }, [client]);

  const cursor = jobs?.nextCursor ?? null;
  const older = useCallback(async () => {
    try {
      const list = await client.list(cursor);
      setProblem('');
      setJobs((before) => before && withOlder(before, list));
    } catch (error) {
      setProblem(describeRefusal(error));
    }
  }, [client, cursor]);

  const put = useCallback((job: ListedJob) => {
    setJobs((before) => before && withJob(before, job));
  }, []);

  useEffect(() => {
    refresh();
    // Exports may have started or ended elsewhere while the page was hidden.
    const refreshIfVisible = (): void => {
      if (document.visibilityState === 'visible') refresh();
    };
    document.addEventListener('visibilitychange', refreshIfVisible);
    return () => {
      document.removeEventListener('visibilitychange', refreshIfVisible);
    };
  }, [refresh]);

  return { jobs, problem, refresh, older, put };
}
