import { QueryRejectedError, WorkflowNotFoundError } from '@temporalio/client';
import { slotsWorkflowId } from '../shared/contract.js';
import { ServiceError } from '../shared/errors.js';
import type { TemporalClient } from '../shared/infrastructure/temporal.js';
import { isHolderQuery } from '../workflows/messages.js';

const ANSWER_WITHIN_MS = 5000;

interface SlotOwner {
  readonly jobId: string;
  readonly tenantId: string;
  readonly userId: string;
}

/**
 * The fence for exports that were reset to their middle, past their claim.
 * @throws ServiceError SLOT_LOST when the semaphore says no, or is gone: the export claims again
 */
export async function requireSlot({ openOnly }: TemporalClient, { jobId, tenantId, userId }: SlotOwner): Promise<void> {
  const handle = openOnly.workflow.getHandle(slotsWorkflowId(tenantId, userId));
  const holds = await openOnly
    .withDeadline(Date.now() + ANSWER_WITHIN_MS, () => handle.query(isHolderQuery, jobId))
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError || error instanceof QueryRejectedError) return false;
      throw error;
    });
  if (!holds) throw new ServiceError('SLOT_LOST', 'The export no longer holds its slot.');
}
