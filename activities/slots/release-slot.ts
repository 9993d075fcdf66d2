import { WorkflowNotFoundError } from '@temporalio/client';
import type { JobRef } from '../../shared/contract.js';
import { askInTime } from '../../shared/time-limit.js';
import { releaseSignal } from '../../shared/temporal/messages.js';
import type { ActivityDeps } from '../deps.js';

/** Short, because the workflow sends the signal itself if this activity fails. */
const RELEASE_WITHIN_MS = 500;

export interface ReleaseInput extends JobRef {
  /** Workflow id of the semaphore. */
  readonly slots: string;
}

/** Frees the export's slot. Without a semaphore there is nothing to free. */
export const releaseSlot =
  ({ temporal }: Pick<ActivityDeps, 'temporal'>) =>
  async ({ jobId, slots }: ReleaseInput): Promise<void> => {
    const { client } = temporal;
    try {
      await askInTime(client, RELEASE_WITHIN_MS, () => client.workflow.getHandle(slots).signal(releaseSignal, jobId));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  };
