import { QueryRejectedError, WorkflowNotFoundError } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { slotsWorkflowId } from '../../shared/temporal/names.js';
import { ServiceError } from '../../shared/errors.js';
import type { TemporalClient } from '../../shared/temporal/client.js';
import { askInTime } from '../../shared/time-limit.js';
import { isHolderQuery } from '../../shared/temporal/messages.js';

const ANSWER_WITHIN_MS = 5000;
/**
 * A query first goes to the worker that last ran the semaphore. If that worker was killed, queries fail for some
 * seconds, until Temporal gives up on it. That is no reason to use up an attempt of the segment.
 */
const QUERY_WITHIN_MS = 15_000;
const PAUSE_MS = 250;

interface SlotOwner {
  readonly jobId: string;
  readonly tenantId: string;
  readonly userId: string;
}

/**
 * Stops exports that were reset to a point after their claim.
 * @throws ServiceError SLOT_LOST when the export holds no slot, or the semaphore is gone: the export claims again
 */
export async function requireSlot(temporal: TemporalClient, owner: SlotOwner, signal: AbortSignal): Promise<void> {
  const end = Date.now() + QUERY_WITHIN_MS;
  for (;;) {
    try {
      if (await holdsSlot(temporal, owner)) return;
      throw new ServiceError('SLOT_LOST', 'The export no longer holds its slot.');
    } catch (error) {
      if (error instanceof ServiceError || Date.now() > end) throw error;
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }
}

async function holdsSlot({ openOnly }: TemporalClient, { jobId, tenantId, userId }: SlotOwner): Promise<boolean> {
  const handle = openOnly.workflow.getHandle(slotsWorkflowId(tenantId, userId));
  try {
    return await askInTime(openOnly, ANSWER_WITHIN_MS, () => handle.query(isHolderQuery, jobId));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof QueryRejectedError) return false;
    throw error;
  }
}
