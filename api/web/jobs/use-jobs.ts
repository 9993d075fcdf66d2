import { useCallback, useEffect, useState } from 'preact/hooks';
import type { ListedJob } from '../../../shared/job/schema.js';
import type { Client } from '../client.js';
import { sentenceOf } from '../refusal.js';
import { firstPage, grown, refreshed, withJob, type Jobs } from './pages.js';

export interface KnownJobs {
  /** Null until the service has answered. */
  readonly jobs: Jobs | null;
  /** Why it could not be asked, in a sentence; empty when it could. */
  readonly problem: string;
  readonly refresh: () => void;
  /** Resolves when they are there, or could not be had. */
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
        setProblem(sentenceOf(error));
      },
    );
  }, [client]);

  const cursor = jobs?.nextCursor ?? null;
  const older = useCallback(async () => {
    try {
      const list = await client.list(cursor);
      setProblem('');
      setJobs((before) => before && grown(before, list));
    } catch (error) {
      setProblem(sentenceOf(error));
    }
  }, [client, cursor]);

  const put = useCallback((job: ListedJob) => {
    setJobs((before) => before && withJob(before, job));
  }, []);

  useEffect(() => {
    refresh();
    // Exports may have been started, or ended, elsewhere while nobody was looking here.
    const look = (): void => {
      if (document.visibilityState === 'visible') refresh();
    };
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
    };
  }, [refresh]);

  return { jobs, problem, refresh, older, put };
}
