import { WorkflowNotFoundError } from '@temporalio/client';
import { slotsWorkflowId, type JobSeed } from '../shared/contract.js';
import { askInTime } from '../shared/infrastructure/time-limit.js';
import { releaseSignal } from '../workflows/messages.js';
import type { ActivityDeps } from './deps.js';

const ANSWER_WITHIN_MS = 5000;

/** Tells the semaphore that the export has ended. A semaphore that is gone has nothing to release. */
export const releaseSlot =
  ({ temporal: { client } }: Pick<ActivityDeps, 'temporal'>) =>
  async ({ jobId, tenantId, userId }: Pick<JobSeed, 'jobId' | 'tenantId' | 'userId'>): Promise<void> => {
    const semaphore = client.workflow.getHandle(slotsWorkflowId(tenantId, userId));
    try {
      await askInTime(client, ANSWER_WITHIN_MS, () => semaphore.signal(releaseSignal, jobId));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  };
