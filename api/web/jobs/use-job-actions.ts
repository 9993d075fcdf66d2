import { useState } from 'preact/hooks';
import type { ListedJob } from '../../../shared/job/schema.js';
import type { Client } from '../client.js';
import { describeRefusal } from '../refusal.js';

interface JobActions {
  /** Why the last action failed, in a sentence; empty if it didn't. */
  readonly problem: string;
  readonly cancel: () => void;
  readonly deleteFile: () => void;
}

/** What a user can do with an export. A failed action refreshes the list, because the job may have changed. */
export function useJobActions(
  client: Client,
  jobId: string,
  onJob: (job: ListedJob) => void,
  onOutdated: () => void,
): JobActions {
  const [problem, setProblem] = useState('');
  const run = async (action: () => Promise<void>): Promise<void> => {
    setProblem('');
    await action().catch((error: unknown) => {
      setProblem(describeRefusal(error));
      onOutdated();
    });
  };
  const cancel = async (): Promise<void> => {
    onJob(await client.cancel(jobId));
  };
  const deleteFile = async (): Promise<void> => {
    await client.deleteFile(jobId);
    onOutdated();
  };
  return { problem, cancel: () => void run(cancel), deleteFile: () => void run(deleteFile) };
}
