import { ServiceError } from '../../shared/errors.js';
import type { UserRef } from '../../shared/contract.js';
import type { TemporalClient } from '../../shared/temporal/client.js';
import { holdsSlot } from './query-slots.js';

/**
 * Stops exports that were reset to a point after their claim.
 * @throws ServiceError SLOT_LOST when the export holds no slot, or the semaphore is gone: the export claims again
 */
export async function requireSlot(
  temporal: TemporalClient,
  owner: UserRef & { readonly jobId: string },
  signal: AbortSignal,
): Promise<void> {
  if (await holdsSlot(temporal, owner, signal)) return;
  throw new ServiceError('SLOT_LOST', 'The export no longer holds its slot.');
}
